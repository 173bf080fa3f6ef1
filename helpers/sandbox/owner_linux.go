package sandbox

import "syscall"

func owner(path string) (int, error) {
	var s syscall.Stat_t
	err := syscall.Lstat(path, &s)
	return int(s.Uid), err
}
