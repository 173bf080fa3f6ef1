# Runs the engine's virtual machine in place of the engine. Needs QEMU and
# virtiofsd in the machine's root, and the kernel that the guest boots.
set -eu

# Connects the guest to the machine's network namespace. Connections to ports of
# the namespace's 127.0.0.1 reach the guest, where the engine publishes ports,
# except for a range that is reserved for programs in the namespace.
network() {
	ip tuntap add vm0 mode tap
	ip addr add 10.0.3.1/24 dev vm0
	ip link set vm0 up
	echo 20000 29999 >/proc/sys/net/ipv4/ip_local_port_range
	echo 1 >/proc/sys/net/ipv4/ip_forward
	echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet
	iptables -t nat -A OUTPUT -o lo -d 127.0.0.1 -p tcp ! --dport 20000:29999 -j DNAT --to-destination 10.0.3.2
	iptables -t nat -A POSTROUTING -o vm0 -s 127.0.0.1 -j MASQUERADE
	iptables -t nat -A POSTROUTING -o tap0 -s 10.0.3.0/24 -j MASQUERADE
}

run=/run/holdfast
ip link show vm0 >/dev/null 2>&1 || network
disk=$HOLDFAST_DATA_ROOT/disk.qcow2
[ -e "$disk" ] || qemu-img create -q -f qcow2 -b $run/disk.ext4 -F raw "$disk"
socket=$run/share.$$ # the former machine may not have left its own yet
case $HOLDFAST_SHARING in
virtiofs)
	# As Lima starts it, but without a sandbox: this is one.
	/usr/libexec/virtiofsd --socket-path=$socket --shared-dir=$run/host \
		--sandbox=none --inode-file-handles=prefer --rlimit-nofile=0 --log-level=warn &
	tries=0
	until [ -S $socket ]; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || { echo "virtiofsd did not start within 5 s"; exit 1; }
		sleep 0.05
	done
	share="-chardev socket,id=share,path=$socket -device vhost-user-fs-pci,chardev=share,tag=holdfast"
	options=
	;;
9p)
	share="-virtfs local,path=$run/host,mount_tag=holdfast,security_model=passthrough,multidevs=remap"
	options="-o trans=virtio,version=9p2000.L,msize=131072"
	;;
esac
kernel=$(echo /boot/vmlinuz-*)
initrd=
case $kernel in
*cloud*) ;; # has the drivers of the disk built in
*) initrd="-initrd $(echo /boot/initrd.img-*)" ;;
esac
[ "$HOLDFAST_ACCELERATOR" = kvm ] || HOLDFAST_ACCELERATOR=tcg,thread=multi,tb-size=512
exec qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot \
	-machine q35,memory-backend=memory -accel $HOLDFAST_ACCELERATOR -cpu max -smp 2 -m $HOLDFAST_MEMORY \
	-object memory-backend-memfd,id=memory,size=$HOLDFAST_MEMORY,share=on \
	-drive file="$disk",if=none,id=disk,format=qcow2,cache=unsafe -device nvme,drive=disk,serial=holdfast \
	-netdev tap,id=net,ifname=vm0,script=no,downscript=no -device virtio-net-pci,netdev=net \
	-chardev stdio,id=console,signal=off -serial chardev:console \
	-chardev socket,id=guest,path=$run/sock/guest.sock,server=on,wait=off -serial chardev:guest \
	$share -kernel "$kernel" $initrd \
	-append "console=ttyS0 quiet panic=-1 mitigations=off net.ifnames=0 root=/dev/nvme0n1 rw \
init=/bin/sh -- -c \"mount -t $HOLDFAST_SHARING $options holdfast /mnt && exec sh /mnt/.machine$(dirname "$0")/guest.sh\""
