# The first process of a machine, in three stages: it enters the machine's
# cgroups, sets up the mounts, and then starts the engine on each command.
# Standard input: one line per start. Standard output: "engine" after a start,
# "ended CODE" after an end. Standard error: the engine's log.
set -eu
umask 022

# Joins the machine's cgroups, and makes them the root of a new cgroup namespace.
enter() {
	for dir in $HOLDFAST_CGROUPS; do
		echo 0 >"$HOLDFAST_CGROUP_ROOT/$dir/$HOLDFAST_CGROUP/cgroup.procs"
	done
	exec unshare --cgroup sh "$HOLDFAST_STATE/init.sh" settle "$@"
}

# Mounts the machine's own cgroups in place of the host's.
cgroups() {
	umount -R -l sys/fs/cgroup
	if [ "$HOLDFAST_CGROUPS" = . ]; then
		mount --bind "$HOLDFAST_CGROUP_ROOT/$HOLDFAST_CGROUP" sys/fs/cgroup
		return
	fi
	mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup
	for dir in $HOLDFAST_CGROUPS; do
		mkdir -p "sys/fs/cgroup/$dir"
		mount --bind "$HOLDFAST_CGROUP_ROOT/$dir/$HOLDFAST_CGROUP" "sys/fs/cgroup/$dir"
	done
	for link in "$HOLDFAST_CGROUP_ROOT"/*; do
		if [ -L "$link" ]; then cp -P "$link" sys/fs/cgroup/; fi
	done
}

# Makes /dev from standard devices only, with the modes that udev would set. The
# host's may be stricter: rootless engines need to open net/tun and fuse.
devices() {
	mount -t tmpfs -o mode=755,nosuid,noexec tmpfs dev
	while read -r name numbers; do
		mknod -m 666 "dev/$name" c $numbers
	done <<-EOF
		null 1 3
		zero 1 5
		full 1 7
		random 1 8
		urandom 1 9
		tty 5 0
		fuse 10 229
	EOF
	mkdir dev/net dev/pts dev/shm
	mknod -m 666 dev/net/tun c 10 200
	mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts dev/pts
	mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs dev/shm
	ln -s pts/ptmx dev/ptmx
	if [ -n "${HOLDFAST_MEMORY:-}" ] && [ -c /dev/kvm ]; then mknod -m 666 dev/kvm c 10 232; fi
	ln -s /proc/self/fd dev/fd
	ln -s fd/0 dev/stdin
	ln -s fd/1 dev/stdout
	ln -s fd/2 dev/stderr
}

# Builds the root from the cached root file system and the machine's own files.
settle() {
	mount --make-rprivate /
	state=$HOLDFAST_STATE
	mount -t overlay overlay \
		-o "lowerdir=$HOLDFAST_ROOTFS,upperdir=$state/up,workdir=$state/work" "$state/root"
	cd "$state/root"
	# Version 2 of cgroups allows processes in leaves only.
	for dir in $HOLDFAST_CGROUPS; do
		leaf=$HOLDFAST_CGROUP_ROOT/$dir/$HOLDFAST_CGROUP/init
		if [ -d "$leaf" ]; then echo 0 >"$leaf/cgroup.procs"; fi
	done
	mount -t proc proc proc
	echo "$HOLDFAST_NAME" >proc/sys/kernel/hostname
	mount --rbind /sys sys
	if [ -n "$HOLDFAST_CGROUPS" ]; then cgroups; fi
	devices
	mount -t tmpfs -o mode=755 tmpfs run
	mount -t tmpfs -o mode=1777 tmpfs tmp
	mkdir -p ".$HOLDFAST_DATA_ROOT" run/holdfast/old
	if [ -n "${HOLDFAST_DATA_SIZE:-}" ]; then
		mount -t tmpfs -o "mode=755,size=$HOLDFAST_DATA_SIZE" tmpfs ".$HOLDFAST_DATA_ROOT"
	else
		mount --bind "$state/data" ".$HOLDFAST_DATA_ROOT"
	fi
	prefix=
	if [ "$HOLDFAST_SHARING" != native ]; then prefix=/run/holdfast/host; fi
	while read -r share; do
		mkdir -p ".$prefix$share"
		mount --bind "$share" ".$prefix$share"
	done <"$state/shares"
	cp "$state/shares" run/holdfast/
	if [ -n "${HOLDFAST_MEMORY:-}" ]; then
		mkdir -p run/holdfast/host/.machine
		mount --bind "$state/up" run/holdfast/host/.machine
		touch run/holdfast/disk.ext4
		mount --bind "$HOLDFAST_ROOTFS/../disk.ext4" run/holdfast/disk.ext4
		mount -o remount,bind,ro run/holdfast/disk.ext4
	fi
	mkdir -p run/holdfast/sock
	mount --bind "$HOLDFAST_SOCKETS" run/holdfast/sock
	cp "$state/init.sh" run/holdfast/
	pivot_root . run/holdfast/old
	cd /
	umount -l run/holdfast/old
	rmdir run/holdfast/old
	if [ "$HOLDFAST_SHARING" = sshfs ]; then
		while read -r share; do reverse_sshfs "$share"; done </run/holdfast/shares
	fi
	exec sh /run/holdfast/init.sh serve "$@"
}

# Mounts a shared directory as Lima and Colima do by default: through sshfs whose
# server runs beside the files. Two pipes take the place of the SSH connection.
reverse_sshfs() {
	mkdir -p "$1"
	pipes=$(mktemp -d)
	mkfifo "$pipes/in" "$pipes/out"
	/usr/lib/openssh/sftp-server <"$pipes/in" >"$pipes/out" &
	sshfs -f -o passive,allow_other ":/run/holdfast/host$1" "$1" >"$pipes/in" <"$pipes/out" &
	tries=0
	until mountpoint -q "$1"; do
		tries=$((tries + 1))
		if [ $tries -gt 100 ] || ! kill -0 $!; then
			echo "sshfs did not mount $1 within 10 s" >&2
			exit 1
		fi
		sleep 0.1
	done
	rm -r "$pipes"
}

# Starts the engine once per line of standard input.
serve() {
	# Engines get no variables of the lab, but a virtual machine needs some.
	if [ -z "${HOLDFAST_MEMORY:-}" ]; then
		for name in ROOTFS STATE CGROUPS CGROUP CGROUP_ROOT DATA_ROOT DATA_SIZE SOCKETS NAME SHARING; do
			unset "HOLDFAST_$name"
		done
	fi
	while read -r _ HOLDFAST_ACCELERATOR; do
		if [ -n "$HOLDFAST_ACCELERATOR" ]; then export HOLDFAST_ACCELERATOR; fi
		# Left by a crash: another process may have the numbers now, or the old one may be about to end.
		rm -f /run/docker.pid /run/docker/containerd/containerd.pid
		"$@" >&2 &
		engine=$!
		trap 'kill -TERM $engine' USR1
		trap 'kill -KILL $engine' USR2
		echo engine
		code=0
		wait $engine || code=$?
		# A signal to this shell interrupts wait while the engine still runs.
		while kill -0 $engine 2>/dev/null; do
			code=0
			wait $engine || code=$?
		done
		trap : USR1 USR2
		echo "ended $code"
	done
}

stage=$1
shift
$stage "$@"
