//go:build linux

package selftest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/faults"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/settings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sync/errgroup"
)

var _ = Describe("An environment fault causes no false verdict:", Ordered, ContinueOnFailure, Label("environment"), func() {
	var e *environment

	BeforeAll(func(ctx SpecContext) { e = newEnvironment(ctx) }, NodeTimeout(10*time.Minute))

	It("the engine is killed several times", func(ctx SpecContext) {
		o := e.judge(ctx, faults.None, nil, func() {
			for range 3 {
				Expect(engine.Control(ctx, e.machine.Control, "crash")).To(Succeed())
				pause(ctx, 2*time.Second)
			}
		})
		Expect(o.errors()).NotTo(BeEmpty(), "the engine was killed in the middle of specs")
		Expect(o.decided()).To(BeNumerically(">", len(o.errors())), "specs that start while the engine is down must wait for it")
	}, SpecTimeout(environmentTimeout))

	It("every request takes 100 ms longer", func(ctx SpecContext) {
		o := e.judge(ctx, faults.Slow(100*time.Millisecond), nil, nil)
		Expect(o.errors()).To(BeEmpty())
	}, SpecTimeout(environmentTimeout))

	It("the clock jumps an hour ahead several times", func(ctx SpecContext) {
		o := e.judge(ctx, faults.ClockJumps(time.Hour), nil, nil)
		Expect(o.errors()).To(ContainElement(ContainSubstring("a clock has jumped")))
	}, SpecTimeout(environmentTimeout))

	It("200 unrelated containers are on the engine", func(ctx SpecContext) {
		e.createUnrelated(ctx, 200)
		o := e.judge(ctx, faults.None, nil, nil)
		Expect(o.errors()).To(BeEmpty())
	}, SpecTimeout(environmentTimeout))

	It("the engine's disk is full", func(ctx SpecContext) {
		other := e.startUnrelated(ctx, "disk-filler")
		o := e.judge(ctx, faults.None, nil, repeat(ctx, func(n int) {
			answer, err := e.engine.Exec(ctx, other, probe.Fill(fmt.Sprint("/at/file", n), 2*diskSize).Argv(), "")
			Expect(err).NotTo(HaveOccurred())
			Expect(answer.ExitCode).To(BeEquivalentTo(probe.ENOSPC))
		}))
		Expect(o.errors()).To(ContainElement(ContainSubstring("no space left on device")))
	}, SpecTimeout(environmentTimeout))

	It("the disk of the work directory is full", func(ctx SpecContext) {
		o := e.judge(ctx, faults.None, []string{settings.Work.Name + "=" + e.work}, repeat(ctx, func(n int) {
			filler := filepath.Join(e.work, fmt.Sprint("filler", n))
			DeferCleanup(os.Remove, filler)
			Expect(os.WriteFile(filler, make([]byte, 2*workSize), 0o600)).To(MatchError(ContainSubstring("no space left on device")))
		}))
		Expect(o.errors()).To(ContainElement(ContainSubstring("no space left on device")))
	}, SpecTimeout(environmentTimeout))

	It("containers have no memory", func(ctx SpecContext) {
		o := e.judge(ctx, faults.None, nil, func() { e.limitMemory(ctx) })
		Expect(o.errors()).NotTo(BeEmpty())
	}, SpecTimeout(environmentTimeout))
})

// repeat returns a function that calls do several times during the run: specs that
// end free space for the next.
func repeat(ctx context.Context, do func(n int)) func() {
	return func() {
		for n := range 10 {
			do(n)
			pause(ctx, time.Second/2)
		}
	}
}

// startUnrelated starts an unrelated container with a volume until the spec ends.
func (e *environment) startUnrelated(ctx context.Context, name string) (id string) {
	GinkgoHelper()
	id, _, err := e.engine.CreateContainer(ctx, engine.ContainerSpec{Name: name, Image: e.probe, Cmd: probe.Hold().Args, Binds: []string{name + ":/at"}})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func(ctx SpecContext) {
		Expect(e.engine.RemoveContainer(ctx, id, true, true)).To(Succeed())
		Expect(e.engine.RemoveVolume(ctx, name, false)).To(Succeed())
	})
	Expect(e.engine.StartContainer(ctx, id)).To(Succeed())
	return id
}

// createUnrelated creates unrelated containers until the spec ends, and starts
// one in twenty.
func (e *environment) createUnrelated(ctx context.Context, count int) {
	GinkgoHelper()
	ids := make([]string, count)
	each := func(ctx context.Context, do func(ctx context.Context, i int) error) {
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(8)
		for i := range count {
			group.Go(func() error { return do(ctx, i) })
		}
		Expect(group.Wait()).To(Succeed())
	}
	DeferCleanup(func(ctx SpecContext) {
		each(ctx, func(ctx context.Context, i int) error { return e.engine.RemoveContainer(ctx, ids[i], true, true) })
	})
	each(ctx, func(ctx context.Context, i int) (err error) {
		ids[i], _, err = e.engine.CreateContainer(ctx, engine.ContainerSpec{Name: fmt.Sprint("unrelated-", i), Image: e.probe, Cmd: probe.Hold().Args})
		if err == nil && i%20 == 0 {
			err = e.engine.StartContainer(ctx, ids[i])
		}
		return err
	})
}

// scarce is less memory, in bytes, than the start of a container needs, and barely
// enough for a probe.
const scarce = 6 << 20

// limitMemory leaves the engine's containers together almost no memory until the
// spec ends.
func (e *environment) limitMemory(ctx context.Context) {
	GinkgoHelper()
	file, unlimited := e.memoryLimit()
	DeferCleanup(os.WriteFile, file, []byte(unlimited), os.FileMode(0))
	// The kernel refuses a limit below the current use: try again.
	Eventually(ctx, func() error { return os.WriteFile(file, []byte(fmt.Sprint(scarce)), 0) }).WithPolling(20 * time.Millisecond).Should(Succeed())
}

// memoryLimit returns the file with the memory limit of the engine's containers,
// and its content without a limit.
func (e *environment) memoryLimit() (file, unlimited string) {
	GinkgoHelper()
	cgroups, err := os.ReadFile(filepath.Join(filepath.Dir(filepath.Dir(e.machine.Netns)), "cgroup"))
	Expect(err).NotTo(HaveOccurred())
	for line := range strings.Lines(string(cgroups)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) == 3 && parts[1] == "memory" {
			return filepath.Join("/sys/fs/cgroup/memory", parts[2], "docker", "memory.limit_in_bytes"), "-1"
		}
		if len(parts) == 3 && parts[0] == "0" {
			file = filepath.Join("/sys/fs/cgroup", strings.TrimSuffix(parts[2], "/init"), "docker", "memory.max")
		}
	}
	if _, err := os.Stat(file); err != nil {
		Skip("this machine's cgroups cannot limit memory: " + err.Error())
	}
	return file, "max"
}
