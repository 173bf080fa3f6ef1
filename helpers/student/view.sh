# Gives what it runs a view of this machine in which nothing but one folder can
# be written to: a lesson's command with an empty $(...) must not reach a real /.
#
#   view.sh STAGE HOME READ... -- COMMAND...
#
# It runs in a mount and process namespace of its own. STAGE is an empty folder;
# each READ is a folder or file that must stay visible where /tmp and /run are
# covered. Whatever fails here ends it: there is no second-best view.
set -eu
stage=$1 home=$2
shift 2
reads=()
while [ "$1" != -- ]; do
	reads+=("$1")
	shift
done
shift

covered() {
	case $1 in /tmp/* | /var/tmp/* | /run/* | /var/run/* | /dev/*) return 0 ;; esac
	return 1
}

# Mounts a file or folder of the machine at its own path in the view.
show() {
	if [ -d "$1" ]; then
		mkdir -p "$stage$1"
	else
		mkdir -p "$stage${1%/*}"
		: >"$stage$1"
	fi
	mount --bind "$1" "$stage$1"
}

# Makes each of the view's mounts read-only, and keeps its other options.
freeze() {
	local point options
	while read -r _ _ _ _ point options _; do
		printf -v point %b "$point"
		case $point in "$stage" | "$stage"/*) ;; *) continue ;; esac
		case $options in ro | ro,*) continue ;; esac
		# One that another mount covers cannot be reached, nor need it be.
		options=${options/,idmapped/} # no option of mount's
		mount -o "remount,bind,ro${options#rw}" "$point" 2>/dev/null || true
	done <<<"$(</proc/self/mountinfo)"
}

# Refuses a view in which a mount other than the home folder could be written to.
check() {
	local point
	while read -r _ _ _ _ point _; do
		printf -v point %b "$point"
		case $point in "$home" | "$home"/* | /tmp | /var/tmp | /run | /var/run | /dev/*) continue ;; esac
		if [ -w "$point" ]; then
			echo "$point cannot be made read-only for the student: refused" >&2
			exit 125
		fi
	done </proc/self/mountinfo
}

umask 022
mount --make-rprivate /
mount --rbind / "$stage"
freeze
for dir in /tmp /var/tmp /run /var/run; do
	if [ -d "$dir" ] && [ ! -L "$dir" ]; then
		mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$stage$dir"
	fi
done
mount -t tmpfs -o mode=755,nosuid tmpfs "$stage/dev"
for device in null zero full random urandom tty; do show "/dev/$device"; done
mkdir "$stage/dev/pts" "$stage/dev/shm"
mount --bind /dev/pts "$stage/dev/pts"
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$stage/dev/shm"
ln -s pts/ptmx "$stage/dev/ptmx"
ln -s /proc/self/fd "$stage/dev/fd"
for n in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${n%:*}" "$stage/dev/${n#*:}"; done
mount -o remount,bind,ro "$stage/dev"

resolver=$(readlink -f /etc/resolv.conf || true)
for path in ${resolver:+"$resolver"} ${reads[@]+"${reads[@]}"}; do
	if covered "$path" && [ -e "$path" ]; then
		show "$path"
		mount -o remount,bind,ro "$stage$path"
	fi
done
show "$home"
# A container may be refused a /proc of its own; then the machine's, read-only, has to do.
mount -t proc -o ro,nosuid,nodev,noexec proc "$stage/proc" 2>/dev/null || true

cd "$stage"
pivot_root . .
umount -l .
cd "$home"
check
exec setpriv --no-new-privs --inh-caps=-all --ambient-caps=-all --bounding-set=-all -- "$@"
