//go:build linux

package selftest

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
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
	// exposed is what runs in a world that is wrong: every kind of mount, the
	// API and the docker CLI.
	exposed = "(volumes || binds || tmpfs) && !engine-wide && !compose && !persistence"
	// enduring bounds a run in a world that is wrong.
	enduring = 5 * time.Minute
	// disk is how much room the engine's disk has, and desk that of the work folder.
	disk, desk = 192 << 20, 2 << 20
)

// world is a bench in which it is not the engine that is wrong.
type world struct {
	*bench
	desk string // a small file system for the work folder
}

// newWorld starts an engine on a small disk.
func newWorld(ctx context.Context) *world {
	GinkgoHelper()
	w := &world{desk: GinkgoT().TempDir()}
	if err := unix.Mount("tmpfs", w.desk, "tmpfs", 0, fmt.Sprintf("size=%d", desk)); err != nil {
		Skip("needs root, and the right to mount: " + err.Error())
	}
	DeferCleanup(func() error { return unix.Unmount(w.desk, unix.MNT_DETACH) })
	w.bench = newBench(ctx, "docker-trixie", []string{w.desk}, lab.DataSize(disk))
	return w
}

// endure runs the suite on the engine behind a fault, does something meanwhile,
// once the run is at work, and requires that no verdict is a false one, that
// each claim without one has a reason, and that nothing is left on the engine.
func (w *world) endure(ctx context.Context, fault faults.Fault, environment []string, meanwhile func()) outcome {
	GinkgoHelper()
	before := w.inventory(ctx)
	dir, err := os.MkdirTemp(w.folder, "world-")
	Expect(err).NotTo(HaveOccurred())
	host := w.machine.Host
	if !fault.IsNone() {
		proxy, err := faults.Serve(ctx, host, filepath.Join(dir, "docker.sock"), fault)
		Expect(err).NotTo(HaveOccurred())
		defer func() { Expect(proxy.Close()).To(Succeed()) }()
		host = proxy.Host
	}
	ctx, cancel := context.WithTimeout(ctx, enduring)
	defer cancel()
	type result struct {
		outcome
		err error
	}
	ended := make(chan result, 1)
	go func() {
		o, err := w.conform(ctx, dir, host, environment, "--procs=2", "--label-filter="+exposed)
		ended <- result{o, err}
	}()
	if meanwhile != nil {
		Eventually(ctx, func() (int, error) {
			guests, err := w.engine.ListContainers(ctx, run.Label)
			return len(guests), err
		}).Should(BeNumerically(">", 1), "the run is not at work")
		meanwhile()
	}
	var came result
	Eventually(ctx, ended).Should(Receive(&came), "the run hangs")
	Expect(came.err).NotTo(HaveOccurred())
	GinkgoWriter.Println(came.log)
	AddReportEntry("came to", came.summary())
	Expect(came.untrue()).To(BeEmpty(), "verdicts that the world, not the engine, is to blame for")
	Expect(w.inventory(ctx)).To(ConsistOf(before), "the run leaves the engine as it was")
	return came.outcome
}

// untrue are the verdicts that are not the catalogue's, and the claims that
// have neither a verdict nor a reason.
func (o outcome) untrue() (all []string) {
	for _, id := range slices.Sorted(maps.Keys(o.claims)) {
		claim := o.claims[id]
		if claim.Surprising() || claim.Verdict == result.Unverified && claim.Reason == "" {
			all = append(all, fmt.Sprintf("%s: %s (catalogued: %s) %s", id, claim.Verdict, claim.Expected, claim.Reason))
		}
	}
	return all
}

// errors are the claims that an error left without a verdict, with the reasons.
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

// inventory is what the engine has, but for images: the probe's stays.
func (b *bench) inventory(ctx context.Context) (all []string) {
	GinkgoHelper()
	containers, err := b.engine.ListContainers(ctx)
	Expect(err).NotTo(HaveOccurred())
	for _, c := range containers {
		all = append(all, fmt.Sprint("container ", c.Name, " ", c.ID, " ", c.State))
	}
	volumes, err := b.engine.ListVolumes(ctx)
	Expect(err).NotTo(HaveOccurred())
	for _, v := range volumes {
		all = append(all, fmt.Sprint("volume ", v.Name, " ", v.CreatedAt))
	}
	networks, err := b.engine.ListNetworks(ctx)
	Expect(err).NotTo(HaveOccurred())
	for _, n := range networks {
		all = append(all, "network "+n.Name)
	}
	return all
}

// disturb has the machine's control do a deed: restart or crash.
func (b *bench) disturb(ctx context.Context, deed string) {
	GinkgoHelper()
	socket := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", b.machine.Control)
	}}}
	defer socket.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://control/"+deed, nil)
	Expect(err).NotTo(HaveOccurred())
	answer, err := socket.Do(request)
	Expect(err).NotTo(HaveOccurred())
	defer answer.Body.Close()
	Expect(answer.StatusCode).To(Equal(http.StatusOK))
}

// pause waits, for what the run does in the meantime.
func pause(ctx context.Context, span time.Duration) {
	GinkgoHelper()
	select {
	case <-time.After(span):
	case <-ctx.Done():
		Fail(context.Cause(ctx).Error())
	}
}
