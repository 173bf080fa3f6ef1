// Package sandbox holds the resources of one spec on an engine: labelled,
// uniquely named, and gone when the spec ends.
package sandbox

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/run"
	"github.com/holdfast/holdfast/helpers/settings"

	. "github.com/onsi/ginkgo/v2"
)

// tidying bounds the removal of one resource.
const tidying = time.Minute

// Box is the sandbox of one spec. What it makes it removes, last first.
type Box struct {
	run        *run.Run
	id         string // value of the spec label
	counter    int
	started    time.Time
	calls      []string
	containers []*Container
	volumes    []string
	kept       bool
}

// New makes a sandbox for the running spec.
func New(ctx SpecContext) *Box {
	GinkgoHelper()
	r := run.From(ctx)
	if r == nil {
		Fail("sandbox.New outside a run: the suite must put one into the context with run.WithRun")
	}
	id := r.NewSpecID(GinkgoParallelProcess())
	DeferCleanup(r.StartSpec(ctx, id))
	box := &Box{run: r, id: id, started: time.Now()}
	DeferOnFailure(box.bundle, NodeTimeout(tidying))
	return box
}

// Engine is the engine under test, for what the sandbox has no word for.
func (b *Box) Engine() *engine.Engine { return b.run.Engine() }

// Facts are what was asked of the engine once.
func (b *Box) Facts() engine.Facts { return b.run.Facts }

// Labels are what every resource of this sandbox carries.
func (b *Box) Labels() map[string]string {
	return map[string]string{run.Label: b.run.ID, run.SpecLabel: b.id}
}

// Filter returns the filter that selects the resources of this sandbox:
// "label=holdfast.spec=ID".
func (b *Box) Filter() string { return "label=" + run.SpecLabel + "=" + b.id }

// Name makes a unique name for a resource of this sandbox.
func (b *Box) Name(kind string) string {
	b.counter++
	return fmt.Sprintf("holdfast-%s-%d", strings.ReplaceAll(b.id, ".", "-"), b.counter) + "-" + kind
}

// NeedsDisposable skips the spec on an engine that is somebody's own.
func (b *Box) NeedsDisposable(because string) {
	GinkgoHelper()
	if !b.run.Facts.Disposable {
		Skip(fmt.Sprintf("needs a disposable engine: %s. Set %s=1 only where nothing on the engine is worth keeping, or run in the lab", because, settings.Disposable.Name))
	}
}

// NeedsSharedFiles skips the spec where the engine does not see this machine's files.
func (b *Box) NeedsSharedFiles() {
	GinkgoHelper()
	if !b.run.Facts.SharesFiles {
		Skip("the engine does not see this machine's files: a file below the work folder, bind mounted, could not be read in a container")
	}
}

// did records what was done and what came of it, for the evidence and the bundle.
func (b *Box) did(step evidence.Step) {
	b.calls = append(b.calls, step.Did+"  ->  "+step.Saw)
	evidence.Add(step)
}

// must fails the spec on an engine's error: that is no answer to any claim.
func (b *Box) must(err error) {
	GinkgoHelper()
	if err != nil {
		Fail(err.Error())
	}
}

// tidy removes a resource when the spec ends. Where the spec already removed
// it, nothing is left to do; any other failure fails the spec.
func (b *Box) tidy(what string, remove func(ctx context.Context) error) {
	DeferCleanup(func(ctx SpecContext) {
		if settings.Keep.On() && CurrentSpecReport().Failed() {
			b.keep(what)
			return
		}
		if err := remove(ctx); err != nil && !engine.IsNotFound(err) {
			Fail(fmt.Sprintf("cleaning up: %v", err))
		}
	}, NodeTimeout(tidying))
}

func (b *Box) keep(what string) {
	if !b.kept {
		b.kept = true
		GinkgoWriter.Printf("%s is set: kept for you to look at; `docker ps -a --filter label=%s=%s` lists the containers, `make clean` removes all of it.\n", settings.Keep.Name, run.SpecLabel, b.id)
	}
	GinkgoWriter.Println("  kept", what)
}

// PruneVolumes prunes the unused volumes of this sandbox, and only those: the
// engine is asked to prune what bears the sandbox's label. It returns the
// names of what was removed.
func (b *Box) PruneVolumes(ctx context.Context, options ...string) []string {
	GinkgoHelper()
	filter := map[string]string{"label": run.SpecLabel + "=" + b.id}
	for _, option := range options {
		key, value, _ := strings.Cut(option, "=")
		filter[key] = value
	}
	removed, err := b.prune(ctx, filter)
	b.must(err)
	b.did(evidence.Step{
		Did: "docker volume prune --force " + strings.Join(append(options, "--filter "+b.Filter()), " "),
		Saw: fmt.Sprintf("removed %d: %s", len(removed), strings.Join(removed, " ")),
	})
	return removed
}

// PruneEverything prunes as the lesson does, without a filter. Disposable
// engines only.
func (b *Box) PruneEverything(ctx context.Context) []string {
	GinkgoHelper()
	b.NeedsDisposable("an unfiltered prune takes volumes that are not the suite's")
	removed, err := b.prune(ctx, nil)
	b.must(err)
	b.did(evidence.Step{Did: "docker volume prune --force", Saw: fmt.Sprintf("removed %d: %s", len(removed), strings.Join(removed, " "))})
	return removed
}

// RestartEngine restarts the engine itself; it needs one that comes with a control.
func (b *Box) RestartEngine(ctx context.Context) {
	GinkgoHelper()
	b.controlEngine(ctx, "restart the engine (SIGTERM)", b.run.Engine().Restart)
}

// CrashEngine kills the engine itself and waits for the new one.
func (b *Box) CrashEngine(ctx context.Context) {
	GinkgoHelper()
	b.controlEngine(ctx, "crash the engine (SIGKILL)", b.run.Engine().Crash)
}

// NeedsControl skips the spec where the engine cannot be restarted by us.
func (b *Box) NeedsControl() {
	GinkgoHelper()
	if !b.run.Engine().Controllable() {
		Skip("needs an engine that may be restarted: a disposable one with a control, as the lab's are")
	}
}

func (b *Box) controlEngine(ctx context.Context, did string, deed func(context.Context) error) {
	GinkgoHelper()
	b.NeedsControl()
	b.must(b.run.WithoutMonitor(ctx, deed))
	b.did(evidence.Step{Did: did, Saw: "it answers again"})
}

// bundle puts into a failed spec's report what one wants to see first.
func (b *Box) bundle(ctx SpecContext) {
	var text strings.Builder
	section := func(title string, lines ...string) {
		fmt.Fprintf(&text, "%s\n", title)
		for _, line := range lines {
			fmt.Fprintf(&text, "  %s\n", strings.ReplaceAll(strings.TrimRight(line, "\n"), "\n", "\n  "))
		}
	}
	section("What was done on "+b.run.Engine().String()+":", b.calls...)
	for _, c := range b.containers {
		found, err := b.run.Engine().InspectContainer(ctx, c.ID)
		if err != nil {
			section(c.Name+":", err.Error())
			continue
		}
		section(fmt.Sprintf("%s: %s, exit code %d, out of memory %t", c.Name, found.State, found.ExitCode, found.OOMKilled), fmt.Sprintf("mounts %+v tmpfs %v", found.Mounts, found.Tmpfs))
		stdout, stderr, err := b.run.Engine().Logs(ctx, c.ID)
		lines := []string{tail(stdout), tail(stderr)}
		if err != nil {
			lines = append(lines, err.Error())
		}
		section("log of "+c.Name+":", slices.DeleteFunc(lines, func(line string) bool { return line == "" })...)
	}
	for _, name := range b.volumes {
		found, err := b.run.Engine().InspectVolume(ctx, name)
		if err != nil {
			section("volume "+name+":", err.Error())
			continue
		}
		section("volume "+name+":", fmt.Sprint(found.Raw))
	}
	events, err := b.run.Engine().Events(ctx, b.started, time.Now(), run.SpecLabel+"="+b.id)
	if err != nil {
		events = append(events, err.Error())
	}
	section("Engine events of its containers:", events...)
	AddReportEntry("bundle", text.String(), ReportEntryVisibilityFailureOrVerbose)
}

func tail(text string) string {
	const most = 4000
	if len(text) > most {
		return "... " + text[len(text)-most:]
	}
	return text
}
