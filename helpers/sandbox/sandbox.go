// Package sandbox holds what a spec says: it creates containers, volumes and
// directories on the engine of the run, which are labelled, uniquely named, and
// removed when the spec ends.
package sandbox

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/run"
	"github.com/holdfast/holdfast/helpers/settings"

	. "github.com/onsi/ginkgo/v2"
)

// cleanupLimit bounds the removal of one resource.
const cleanupLimit = time.Minute

// Box is the sandbox of one spec. It removes its resources in reverse order.
type Box struct {
	run        *run.Run
	id         string // value of the spec label
	counter    int    // of resource names
	started    time.Time
	mutex      sync.Mutex // guards steps
	steps      []string
	containers []*Container
	volumes    []string
	trying     bool // an engine's error goes to Try
	kept       bool // the user knows how to find kept resources
}

// New creates a sandbox for the running spec.
func New(ctx SpecContext) *Box {
	GinkgoHelper()
	r := run.From(ctx)
	if r == nil {
		Fail("sandbox.New outside a run: the suite must put one into the context with run.WithRun")
	}
	id := r.NewSpecID(GinkgoParallelProcess())
	DeferCleanup(r.StartSpec(ctx, id))
	box := &Box{run: r, id: id, started: time.Now()}
	DeferOnFailure(box.addBundle, NodeTimeout(cleanupLimit))
	return box
}

// Engine returns the engine under test, for what the sandbox has no word for.
func (b *Box) Engine() *engine.Engine { return b.run.Engine() }

// Facts returns what the run asked the engine once.
func (b *Box) Facts() engine.Facts { return b.run.Facts }

// ProbeImage returns the reference of the probe image, for commands that name an image.
func (b *Box) ProbeImage() string { return b.run.Probe }

// Labels returns the labels of every resource of this sandbox.
func (b *Box) Labels() map[string]string {
	return map[string]string{run.Label: b.run.ID, run.SpecLabel: b.id}
}

// LabelFlags returns the flags by which a docker command gives its resource
// the sandbox's labels.
func (b *Box) LabelFlags() []string {
	return []string{"--label", run.Label + "=" + b.run.ID, "--label", run.SpecLabel + "=" + b.id}
}

// Filter returns the filter that selects the resources of this sandbox:
// "label=holdfast.spec=ID".
func (b *Box) Filter() string { return "label=" + run.SpecLabel + "=" + b.id }

// Name returns a unique name for a resource of this sandbox.
func (b *Box) Name(kind string) string {
	b.counter++
	return fmt.Sprintf("holdfast-%s-%d-%s", strings.ReplaceAll(b.id, ".", "-"), b.counter, kind)
}

// Did records what was done and what came of it, as evidence and for the
// report of a failed spec. Step.Did is a command that a reader can paste into
// a shell, or begins with "API: ".
func (b *Box) Did(step evidence.Step) {
	b.mutex.Lock()
	b.steps = append(b.steps, step.Did+"  ->  "+step.Saw)
	b.mutex.Unlock()
	evidence.Add(step)
}

// step records a step. An error takes the place of what was seen, and fails
// the spec: it does not answer any claim.
func (b *Box) step(err error, step evidence.Step) {
	GinkgoHelper()
	if err != nil {
		step.Saw, step.Containers = err.Error(), 0
	}
	b.Did(step)
	b.must(err)
}

func (b *Box) must(err error) {
	GinkgoHelper()
	switch {
	case err == nil:
	case b.trying:
		panic(refusal{err})
	default:
		Fail(err.Error())
	}
}

// refusal carries an error out of a call inside Try.
type refusal struct{ error }

// Try makes the call and returns the error that would otherwise fail the
// spec, for specs about what an engine refuses.
func (b *Box) Try(call func()) (err error) {
	b.trying = true
	defer func() {
		b.trying = false
		switch r := recover().(type) {
		case nil:
		case refusal:
			err = r.error
		default:
			panic(r)
		}
	}()
	call()
	return nil
}

// Cleanup removes a resource when the spec ends, before the ones that the
// sandbox created earlier. A resource that no longer exists is fine; any other
// error fails the spec.
func (b *Box) Cleanup(what string, remove func(ctx context.Context) error) {
	DeferCleanup(func(ctx SpecContext) {
		if settings.Keep.On() && CurrentSpecReport().Failed() {
			if !b.kept {
				b.kept = true
				GinkgoWriter.Printf("%s is set: the spec's resources are kept. `docker ps -a --filter %s` lists its containers, `make clean` removes everything.\n", settings.Keep.Name, b.Filter())
			}
			GinkgoWriter.Println("  kept", what)
			return
		}
		if err := remove(ctx); err != nil && !engine.IsNotFound(err) {
			Fail(fmt.Sprintf("cleaning up: %v", err))
		}
	}, NodeTimeout(cleanupLimit))
}

// RestartEngine restarts the engine with SIGTERM. The engine needs a control
// socket, as the lab's have.
func (b *Box) RestartEngine(ctx context.Context) {
	GinkgoHelper()
	b.controlEngine(ctx, "restart (SIGTERM)", b.Engine().Restart)
}

// CrashEngine kills the engine with SIGKILL and waits for the new one.
func (b *Box) CrashEngine(ctx context.Context) {
	GinkgoHelper()
	b.controlEngine(ctx, "crash (SIGKILL)", b.Engine().Crash)
}

func (b *Box) controlEngine(ctx context.Context, what string, operation func(context.Context) error) {
	GinkgoHelper()
	b.NeedsControl()
	err := b.run.WithoutMonitor(ctx, operation)
	b.step(err, evidence.Step{Did: "API: lab's control socket: " + what, Saw: "the engine answers again"})
}
