package lab

// Sharing is how an engine gets the host's shared directories.
type Sharing string

const (
	// Native is a bind mount of the host's own file system.
	Native Sharing = "native"
	// SSHFS is FUSE with an SFTP server on the host, as Lima and Colima use with QEMU.
	SSHFS Sharing = "sshfs"
	// VirtioFS is FUSE over virtio into a virtual machine, as Docker Desktop uses.
	VirtioFS Sharing = "virtiofs"
	// NineP is the 9P protocol over virtio into a virtual machine.
	NineP Sharing = "9p"
	// None leaves the engine without the host's files, like a remote one.
	None Sharing = "none"
)

var sharings = []Sharing{Native, SSHFS, VirtioFS, NineP, None}
