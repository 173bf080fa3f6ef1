# Ends every process in the machine's network namespace (descriptor 3) as soon
# as the supervisor is gone: what lab run started, and what that has started.
# It notices by its standard input, which ends with the supervisor.
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
