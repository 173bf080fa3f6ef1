//go:build linux

package selftest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/holdfast/holdfast/helpers/faults"
	"github.com/holdfast/holdfast/helpers/settings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"
)

// lying is a mount that lies: the engine sees the directory at, and the suite the raw one in its place.
type lying struct{ raw, at string }

// canLie reports whether this machine can make mounts that lie.
func canLie() bool {
	_, err := exec.LookPath("bindfs")
	return err == nil && unix.Access("/dev/fuse", unix.R_OK|unix.W_OK) == nil
}

// mountLies mounts those of the faults that are mounts, until the node ends.
func mountLies(ctx context.Context, chosen []faults.Fault) map[string]lying {
	GinkgoHelper()
	mounts := map[string]lying{}
	for _, fault := range chosen {
		if options, lies := fault.Lie(); lies {
			dir := GinkgoT().TempDir()
			m := lying{filepath.Join(dir, "raw"), filepath.Join(dir, "at")}
			Expect(os.Mkdir(m.raw, 0o755)).To(Succeed())
			Expect(os.Mkdir(m.at, 0o755)).To(Succeed())
			output, err := exec.CommandContext(ctx, "bindfs", append(slices.Clone(options), m.raw, m.at)...).CombinedOutput()
			Expect(err).NotTo(HaveOccurred(), "bindfs %v: %s", options, output)
			DeferCleanup(func() error { return unix.Unmount(m.at, unix.MNT_DETACH) })
			mounts[fault.Name] = m
		}
	}
	return mounts
}

// directories returns the directories that the engine has to see.
func directories(mounts map[string]lying) (dirs []string) {
	for _, m := range mounts {
		dirs = append(dirs, m.at)
	}
	return dirs
}

// behind returns the testbed with a suite that keeps its files on the mount and does not see that it
// lies: in the suite's mount namespace the raw directory takes its place.
func (t *testbed) behind(m lying, dir string) (*testbed, []string, error) {
	script := filepath.Join(dir, "ginkgo.sh")
	text := fmt.Sprintf("#!/bin/sh\nexec unshare --mount --propagation private sh -c 'mount --bind %q %q && exec %q \"$@\"' sh \"$@\"\n", m.raw, m.at, t.suite.Ginkgo)
	seen := *t
	seen.suite.Ginkgo = script
	return &seen, []string{settings.Work.Name + "=" + m.at}, os.WriteFile(script, []byte(text), 0o755)
}
