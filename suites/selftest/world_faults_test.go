//go:build linux

package selftest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/faults"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/settings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The world", Ordered, ContinueOnFailure, Label("world"), func() {
	var w *world

	BeforeAll(func(ctx SpecContext) { w = newWorld(ctx) }, NodeTimeout(10*time.Minute))

	It("may kill the engine, again and again", func(ctx SpecContext) {
		o := w.endure(ctx, faults.None, nil, func() {
			for range 3 {
				w.disturb(ctx, "crash")
				pause(ctx, 2*time.Second)
			}
		})
		Expect(o.errors()).NotTo(BeEmpty(), "the engine was killed in the middle of specs")
		Expect(o.decided()).To(BeNumerically(">", len(o.errors())), "what begins while the engine is away waits for it")
	}, SpecTimeout(enduring))

	It("may have an engine that takes 100 ms more for every call", func(ctx SpecContext) {
		o := w.endure(ctx, faults.Slow(100*time.Millisecond), nil, nil)
		Expect(o.errors()).To(BeEmpty())
	}, SpecTimeout(enduring))

	It("may have a clock that leaps an hour ahead, again and again", func(ctx SpecContext) {
		o := w.endure(ctx, faults.Leaping(time.Hour), nil, nil)
		Expect(o.errors()).To(ContainElement(ContainSubstring("a clock has jumped")))
	}, SpecTimeout(enduring))

	It("may have 200 stray containers on the engine", func(ctx SpecContext) {
		w.stray(ctx, 200)
		o := w.endure(ctx, faults.None, nil, nil)
		Expect(o.errors()).To(BeEmpty())
	}, SpecTimeout(enduring))

	It("may run out of disk where the engine keeps its data", func(ctx SpecContext) {
		hog := w.lodge(ctx, "hog")
		o := w.endure(ctx, faults.None, nil, again(ctx, func(n int) {
			answer, err := w.engine.Exec(ctx, hog, probe.Fill(fmt.Sprint("/at/file", n), 2*disk).Argv(), "")
			Expect(err).NotTo(HaveOccurred())
			Expect(answer.ExitCode).To(BeEquivalentTo(probe.ENOSPC))
		}))
		Expect(o.errors()).To(ContainElement(ContainSubstring("no space left on device")))
	}, SpecTimeout(enduring))

	It("may run out of disk where the work folder is", func(ctx SpecContext) {
		o := w.endure(ctx, faults.None, []string{settings.Work.Name + "=" + w.desk}, again(ctx, func(n int) {
			hog := filepath.Join(w.desk, fmt.Sprint("hog", n))
			DeferCleanup(os.Remove, hog)
			Expect(os.WriteFile(hog, make([]byte, 2*desk), 0o600)).To(MatchError(ContainSubstring("no space left on device")))
		}))
		Expect(o.errors()).To(ContainElement(ContainSubstring("no space left on device")))
	}, SpecTimeout(enduring))

	It("may have no memory for a container", func(ctx SpecContext) {
		o := w.endure(ctx, faults.None, nil, func() { w.starve(ctx) })
		Expect(o.errors()).NotTo(BeEmpty())
	}, SpecTimeout(enduring))
})

// again does it a second time and more, while the run goes on: what a spec that
// ends gives back would be room for the next.
func again(ctx context.Context, do func(n int)) func() {
	return func() {
		for n := range 10 {
			do(n)
			pause(ctx, time.Second/2)
		}
	}
}

// lodge puts somebody's own container on the engine, with a volume, until the spec ends.
func (w *world) lodge(ctx context.Context, name string) (id string) {
	GinkgoHelper()
	image, err := probe.Ensure(ctx, w.engine)
	Expect(err).NotTo(HaveOccurred())
	id, _, err = w.engine.CreateContainer(ctx, engine.ContainerSpec{Name: name, Image: image, Cmd: probe.Hold().Args, Binds: []string{name + ":/at"}})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func(ctx SpecContext) {
		Expect(w.engine.RemoveContainer(ctx, id, true, true)).To(Succeed())
		Expect(w.engine.RemoveVolume(ctx, name, false)).To(Succeed())
	})
	Expect(w.engine.StartContainer(ctx, id)).To(Succeed())
	return id
}

// stray puts that many containers of nobody's on the engine, until the spec ends.
func (w *world) stray(ctx context.Context, many int) {
	GinkgoHelper()
	image, err := probe.Ensure(ctx, w.engine)
	Expect(err).NotTo(HaveOccurred())
	ids, problems := make([]string, many), make([]error, many)
	each := func(do func(i int)) {
		var group sync.WaitGroup
		for worker := range 8 {
			group.Go(func() {
				for i := worker; i < many; i += 8 {
					do(i)
				}
			})
		}
		group.Wait()
	}
	DeferCleanup(func(ctx SpecContext) {
		each(func(i int) { problems[i] = w.engine.RemoveContainer(ctx, ids[i], true, true) })
		Expect(problems).To(HaveEach(BeNil()))
	})
	each(func(i int) {
		ids[i], _, problems[i] = w.engine.CreateContainer(ctx, engine.ContainerSpec{Name: fmt.Sprint("stray-", i), Image: image, Cmd: probe.Hold().Args})
		if problems[i] == nil && i%20 == 0 {
			problems[i] = w.engine.StartContainer(ctx, ids[i])
		}
	})
	Expect(problems).To(HaveEach(BeNil()))
}

// scant is less memory than what begins a container takes, and scarcely what a probe does.
const scant = 6 << 20

// starve leaves the engine's containers, all together, next to no memory, until the spec ends.
func (w *world) starve(ctx context.Context) {
	GinkgoHelper()
	file, all := w.limit()
	DeferCleanup(os.WriteFile, file, []byte(all), os.FileMode(0))
	// What uses more just now is not taken away: then it is asked again.
	Eventually(ctx, func() error { return os.WriteFile(file, []byte(fmt.Sprint(scant)), 0) }).WithPolling(20 * time.Millisecond).Should(Succeed())
}

// limit is the file that limits the memory of all containers of the engine,
// and what is in it where nothing does.
func (w *world) limit() (file, all string) {
	GinkgoHelper()
	own, err := os.ReadFile(filepath.Join(filepath.Dir(filepath.Dir(w.machine.Netns)), "cgroup"))
	Expect(err).NotTo(HaveOccurred())
	for line := range strings.Lines(string(own)) {
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
