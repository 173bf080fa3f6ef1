package lab

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"
)

var (
	fuseDriver      = regexp.MustCompile(`(?m)^nodev\tfuse$`)
	availableMemory = regexp.MustCompile(`(?m)^MemAvailable:\s+(\d+) kB`)
)

// supported returns the reason why this host cannot run the release, or nil.
func (r Release) supported() error {
	drivers, err := os.ReadFile("/proc/filesystems")
	if r.Sharing == SSHFS && (err != nil || !fuseDriver.Match(drivers)) {
		return errors.New("sshfs needs FUSE in the kernel; try: modprobe fuse")
	}
	if r.VM == nil {
		return nil
	}
	if runtime.GOARCH != "amd64" {
		return fmt.Errorf("its virtual machine needs an amd64 host, not %s", runtime.GOARCH)
	}
	memory, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return err
	}
	found := availableMemory.FindSubmatch(memory)
	if found == nil {
		return nil
	}
	available, _ := strconv.Atoi(string(found[1])) // digits
	if needed := r.VM.Memory + 512; available>>10 < needed {
		return fmt.Errorf("its virtual machine needs %d MiB of memory, of which %d are available", needed, available>>10)
	}
	return nil
}
