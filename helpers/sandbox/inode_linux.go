package sandbox

import "syscall"

func inode(path string) (uint64, error) {
	var s syscall.Stat_t
	err := syscall.Lstat(path, &s)
	return s.Ino, err
}
