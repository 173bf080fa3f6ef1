package lab

import (
	"errors"
	"os"
	"regexp"
)

var fuseDriver = regexp.MustCompile(`(?m)^nodev\tfuse$`)

// supported returns the reason why this host cannot run the release, or nil.
func (r Release) supported() error {
	drivers, err := os.ReadFile("/proc/filesystems")
	if r.Sharing == SSHFS && (err != nil || !fuseDriver.Match(drivers)) {
		return errors.New("sshfs needs FUSE in the kernel; try: modprobe fuse")
	}
	return nil
}
