# Runs a command that sees this machine read-only, except for one directory: a
# lesson's command with an empty $(...) must not write to the real /.
#
#   isolate.sh STAGE HOME READ... -- COMMAND...
#
# It needs a mount and process namespace of its own. STAGE is an empty directory.
# Each READ is a path that stays visible although /tmp and /run are replaced. Any
# failure ends the script before COMMAND runs.
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

# Mounts a file or directory of the machine at the same path below STAGE.
show() {
	if [ -d "$1" ]; then
		mkdir -p "$stage$1"
	else
		mkdir -p "$stage${1%/*}"
		: >"$stage$1"
	fi
	mount --bind "$1" "$stage$1"
}

# Makes each mount below STAGE read-only and keeps its other options.
freeze() {
	local point options
	while read -r _ _ _ _ point options _; do
		printf -v point %b "$point"
		case $point in "$stage" | "$stage"/*) ;; *) continue ;; esac
		case $options in ro | ro,*) continue ;; esac
		# A mount hidden by another one fails here, and does no harm.
		options=${options/,idmapped/} # not an option of mount
		mount -o "remount,bind,ro${options#rw}" "$point" 2>/dev/null || true
	done <<<"$(</proc/self/mountinfo)"
}

# Fails if a mount other than the home directory is writable.
check() {
	local point
	while read -r _ _ _ _ point _; do
		printf -v point %b "$point"
		case $point in "$home" | "$home"/* | /tmp | /var/tmp | /run | /var/run | /dev/*) continue ;; esac
		if [ -w "$point" ]; then
			echo "$point cannot be made read-only for the student" >&2
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
# Some containers may not mount /proc; then the machine's, read-only, has to do.
mount -t proc -o ro,nosuid,nodev,noexec proc "$stage/proc" 2>/dev/null || true

cd "$stage"
pivot_root . .
umount -l .
cd "$home"
check
exec setpriv --no-new-privs --inh-caps=-all --ambient-caps=-all --bounding-set=-all -- "$@"
