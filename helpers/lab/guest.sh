# The guest's first process: sets up mounts and network, then starts the engine on
# each command. It speaks the protocol of init.sh on the second serial port, with
# these commands: start, terminate, kill and reboot.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
umask 022

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=1777 tmpfs /tmp
cp -r /mnt/.machine/. /
while read -r share; do
	mkdir -p "$share"
	mount --bind "/mnt$share" "$share"
done </mnt/.machine/usr/local/lib/holdfast/shares
hostname "$(cut -d' ' -f3 /etc/hosts | head -n 1)"

modprobe virtio_net
ip link set lo up
ip addr add 10.0.3.2/24 dev eth0
ip link set eth0 up
ip route add default via 10.0.3.1
# Ports that the engine publishes on 127.0.0.1 are reachable from the machine, too.
echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet
iptables -t nat -A PREROUTING -i eth0 -d 10.0.3.2 -p tcp ! --dport 2375 -j DNAT --to-destination 127.0.0.1

port=/dev/ttyS1
stty -F $port raw -echo

engine() {
	rm -f /run/docker.pid /run/docker/containerd/containerd.pid # as init.sh does
	sh /usr/local/lib/holdfast/engine.sh &
	echo $! >/run/engine.pid
	echo engine >$port
	code=0
	wait $! || code=$?
	echo "ended $code" >$port
}

exec <$port
echo booted >$port
while read -r command; do
	case $command in
	start)
		engine &
		running=$!
		;;
	terminate) kill -TERM "$(cat /run/engine.pid)" ;;
	kill) kill -KILL "$(cat /run/engine.pid)" ;;
	reboot)
		kill -TERM "$(cat /run/engine.pid)"
		wait $running
		sync
		mount -o remount,ro /
		echo b >/proc/sysrq-trigger
		;;
	esac
done
