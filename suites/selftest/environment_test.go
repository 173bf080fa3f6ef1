//go:build linux

package selftest

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/faults"
	"github.com/holdfast/holdfast/helpers/lab"
	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/helpers/run"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"
)

const (
	// exposed selects the specs that run in a faulty environment: every kind of
	// mount, the API and the docker CLI.
	exposed = "(volumes || binds || tmpfs) && !engine-wide && !compose && !persistence"
	// environmentTimeout bounds a run in a faulty environment.
	environmentTimeout = 5 * time.Minute
	// diskSize is the size of the engine's disk in bytes, workSize that of the work directory.
	diskSize, workSize = 192 << 20, 2 << 20
)

// environment is a testbed whose engine is right and whose surroundings are not.
type environment struct {
	*testbed
	work string // a small file system for the work directory
}

// newEnvironment starts an engine on a small disk.
func newEnvironment(ctx context.Context) *environment {
	GinkgoHelper()
	e := &environment{work: GinkgoT().TempDir()}
	if err := unix.Mount("tmpfs", e.work, "tmpfs", 0, fmt.Sprintf("size=%d", workSize)); err != nil {
		Skip("needs root and the permission to mount: " + err.Error())
	}
	DeferCleanup(func() error { return unix.Unmount(e.work, unix.MNT_DETACH) })
	e.testbed = newTestbed(ctx, "docker-trixie", []string{e.work}, lab.DataSize(diskSize))
	return e
}

// judge runs the suite on the engine with a fault and calls disturb during the
// run. It requires that no verdict is false, that each unverified claim has a
// reason, and that the run leaves nothing on the engine.
func (e *environment) judge(ctx context.Context, fault faults.Fault, variables []string, disturb func()) outcome {
	GinkgoHelper()
	before := e.inventory(ctx)
	dir, err := os.MkdirTemp(e.dir, "environment-")
	Expect(err).NotTo(HaveOccurred())
	host := e.machine.Host
	if !fault.IsNone() {
		proxy, err := faults.Serve(ctx, host, filepath.Join(dir, "docker.sock"), fault)
		Expect(err).NotTo(HaveOccurred())
		defer func() { Expect(proxy.Close()).To(Succeed()) }()
		host = proxy.Host
	}
	ctx, cancel := context.WithTimeout(ctx, environmentTimeout)
	defer cancel()
	type ended struct {
		outcome
		err error
	}
	done := make(chan ended, 1)
	go func() {
		o, err := e.conform(ctx, dir, host, variables, "--procs=2", "--label-filter="+exposed)
		done <- ended{o, err}
	}()
	if disturb != nil {
		Eventually(ctx, func() (int, error) {
			containers, err := e.engine.ListContainers(ctx, run.Label)
			return len(containers), err
		}).Should(BeNumerically(">", 1), "the run has not started its specs")
		disturb()
	}
	var got ended
	Eventually(ctx, done).Should(Receive(&got), "the run hangs")
	Expect(got.err).NotTo(HaveOccurred())
	GinkgoWriter.Println(got.log)
	AddReportEntry("outcome", got.summary())
	Expect(got.falseVerdicts()).To(BeEmpty(), "the environment, not the engine, caused these verdicts")
	Expect(e.inventory(ctx)).To(ConsistOf(before), "the run must leave the engine as it was")
	return got.outcome
}

// falseVerdicts lists the verdicts that differ from the catalogue's, and the
// unverified claims without a reason.
func (o outcome) falseVerdicts() (all []string) {
	for _, id := range slices.Sorted(maps.Keys(o.claims)) {
		claim := o.claims[id]
		if claim.Surprising() || claim.Verdict == result.Unverified && claim.Reason == "" {
			all = append(all, fmt.Sprintf("%s: %s (catalogued: %s) %s", id, claim.Verdict, claim.Expected, claim.Reason))
		}
	}
	return all
}

// errors lists the claims that are unverified because of an error.
func (o outcome) errors() (all []string) {
	for _, id := range slices.Sorted(maps.Keys(o.claims)) {
		if claim := o.claims[id]; strings.HasPrefix(claim.Reason, "error in ") {
			all = append(all, id+": "+claim.Reason)
		}
	}
	return all
}

// decided counts the claims with a verdict.
func (o outcome) decided() (count int) {
	for _, claim := range o.claims {
		if claim.Verdict != result.Unverified {
			count++
		}
	}
	return count
}

func (o outcome) summary() string {
	errors := o.errors()
	return fmt.Sprintf("%d claims decided, %d in error, in %.0f s\n  %s", o.decided(), len(errors), o.seconds, strings.Join(errors, "\n  "))
}

// inventory lists the containers, volumes and networks on the engine. The probe
// image stays, so images are left out.
func (t *testbed) inventory(ctx context.Context) (lines []string) {
	GinkgoHelper()
	all, err := t.engine.Inventory(ctx)
	Expect(err).NotTo(HaveOccurred())
	for _, c := range all.Containers {
		lines = append(lines, fmt.Sprint("container ", c.Name, " ", c.ID, " ", c.State))
	}
	for _, v := range all.Volumes {
		lines = append(lines, fmt.Sprint("volume ", v.Name, " ", v.CreatedAt))
	}
	for _, n := range all.Networks {
		lines = append(lines, "network "+n.Name)
	}
	return lines
}

// pause waits, for the run to go on meanwhile.
func pause(ctx context.Context, span time.Duration) {
	GinkgoHelper()
	select {
	case <-time.After(span):
	case <-ctx.Done():
		Fail(context.Cause(ctx).Error())
	}
}
