# Kills every process in the machine's network namespace (descriptor 3) when the
# process that started the machine, $1, has ended: its commands and their
# children. Standard input ends with that process.
read -r _
round=0
while [ $round -lt 50 ]; do
	round=$((round + 1))
	found=
	for process in /proc/[0-9]*; do
		pid=${process#/proc/}
		if [ "$pid" != "$1" ] && [ "$process/ns/net" -ef /proc/self/fd/3 ]; then
			found=1
			kill -KILL "$pid" 2>/dev/null
		fi
	done
	[ -n "$found" ] || exit 0
	sleep 0.1
done
