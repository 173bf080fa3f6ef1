package lab

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/holdfast/holdfast/helpers/settings"
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
	return errors.Join(checkMemory(r.VM.Memory+512), checkDisk())
}

// checkMemory returns an error if less than needed MiB of memory are available.
func checkMemory(needed int) error {
	memory, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return err
	}
	found := availableMemory.FindSubmatch(memory)
	if found == nil {
		return nil
	}
	available, _ := strconv.Atoi(string(found[1])) // digits
	if available>>10 < needed {
		return fmt.Errorf("its virtual machine needs %d MiB of memory, of which %d are available", needed, available>>10)
	}
	return nil
}

// diskNeeded is the space in MiB that a virtual machine's disk takes in a run.
const diskNeeded = 2048

// checkDisk returns an error if a virtual machine's disk would not fit in the cache.
func checkDisk() error {
	dir, err := runDir()
	if err != nil {
		return err
	}
	var space unix.Statfs_t
	if err := unix.Statfs(dir, &space); err != nil {
		return &os.PathError{Op: "statfs", Path: dir, Err: err}
	}
	if free := space.Bavail * uint64(space.Bsize) >> 20; free < diskNeeded {
		return fmt.Errorf("its virtual machine's disk needs %d MiB in %s, of which %d are free; set %s to a directory with more space",
			diskNeeded, dir, free, settings.Cache.Name)
	}
	return nil
}
