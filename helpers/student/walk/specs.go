package walk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/images"
	"github.com/holdfast/holdfast/helpers/lesson/library"
	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/helpers/run"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/helpers/settings"
	"github.com/holdfast/holdfast/helpers/student"

	. "github.com/onsi/ginkgo/v2"
)

// SpecLabel is the Ginkgo label of every walk.
const SpecLabel = "walk"

const (
	blockTimeout   = 4 * time.Minute // longer than all bounds of one block together
	setUpTimeout   = 10 * time.Minute
	cleanUpTimeout = 2 * time.Minute
	pingTimeout    = 10 * time.Second
)

// Specs creates the specs of a walk: one for each block, in the lesson's order. files
// holds walk.yaml, dir is its directory in the repository, and projects holds the
// files that steps provide. Specs returns the setups that the specs need.
func Specs(dir string, files, projects fs.FS) (setups []run.Setup) {
	name := path.Join(dir, "walk.yaml")
	plan, err := load(name, files)
	if err != nil {
		Describe("the walk of "+name, Label(SpecLabel), func() {
			It("has a valid walk file", func(SpecContext) { Fail(err.Error()) })
		})
		return nil
	}
	w := &lessonWalk{plan: plan, projects: projects}
	for _, step := range plan.Steps {
		w.images = append(w.images, step.Needs...)
	}
	slices.Sort(w.images)
	w.images = slices.Compact(w.images)
	for _, image := range w.images {
		setups = append(setups, images.Setup(SpecLabel, image))
	}
	// Serial, since a lesson's prune affects the whole engine.
	Describe("a student who walks the lesson "+plan.File.Lesson, Ordered, Serial, ContinueOnFailure,
		Label(SpecLabel, compose.ToolLabel), w.specs)
	return setups
}

func load(name string, files fs.FS) (Plan, error) {
	data, err := fs.ReadFile(files, "walk.yaml")
	if err != nil {
		return Plan{}, err
	}
	file, err := Parse(name, data)
	if err != nil {
		return Plan{}, err
	}
	text, err := library.Judged(file.Lesson)
	if err != nil {
		return Plan{}, err
	}
	return Fit(name, file, text.Lesson), nil
}

// lessonWalk is the walk of one lesson on one engine.
type lessonWalk struct {
	plan     Plan
	projects fs.FS
	images   []string // which the steps need

	facts       engine.Facts
	cli         *semver.Version
	walker      *Walker
	missing     map[string]string // images that are unavailable, and why
	substituted map[string]bool   // images that have a substitute
	tools       result.Tools
	began       time.Time
	records     map[int]result.Block // by the block's ordinal
	refused     string               // why the lesson is not walked on this engine
	dead        string               // how the engine died during the walk
}

func (w *lessonWalk) specs() {
	BeforeAll(w.setUp, NodeTimeout(setUpTimeout))
	It("has a walk file that fits the lesson", func(SpecContext) {
		if n := len(w.plan.Misfits); n > 0 {
			Fail(fmt.Sprintf("the lesson and its walk file differ in %d places:\n%s", n, strings.Join(w.plan.Misfits, "\n")))
		}
	})
	for _, step := range w.plan.Steps {
		It(title(step), func(ctx SpecContext) { w.walk(ctx, step) }, SpecTimeout(blockTimeout))
	}
}

func title(step PlanStep) string {
	switch step.Kind() {
	case "file":
		return fmt.Sprintf("creates the file of line %d, %s", step.Block.Line, step.To)
	case "edit":
		return fmt.Sprintf("edits %s as line %d says", step.To, step.Block.Line)
	}
	return fmt.Sprintf("types line %d, %s", step.Block.Line, step.Block.Head())
}

// setUp opens the student's session, once for the walk.
func (w *lessonWalk) setUp(ctx SpecContext) {
	w.began, w.records, w.missing, w.substituted = time.Now(), map[int]result.Block{}, map[string]string{}, map[string]bool{}
	w.facts = run.From(ctx).Facts
	DeferCleanup(w.write)
	if !w.facts.Disposable {
		w.refuse()
	}
	box := sandbox.New(ctx)
	docker, err := student.FindDocker()
	stop(err)
	w.cli, err = student.DockerVersion(ctx, docker)
	stop(err)
	tool := compose.Need(ctx, box)
	w.tools = result.Tools{Docker: w.cli.String(), Compose: tool.String(), Images: map[string]string{}}
	for _, image := range w.images {
		w.obtain(ctx, image)
	}
	before, err := clean(ctx, box.Engine())
	stop(err)
	DeferCleanup(func(ctx SpecContext) {
		if w.dead == "" {
			stop(restore(ctx, box.Engine(), before))
		}
	}, NodeTimeout(cleanUpTimeout))
	config := student.Config{Dir: box.Dir(ctx).Path, Engine: box.Engine().Endpoint.Host, Netns: settings.Netns.Get(),
		Docker: docker, Compose: tool.Path, Plugin: tool.Origin == compose.Plugin, Client: box.Engine().HTTP()}
	if !tool.Buildx {
		config.Env = append(config.Env, "DOCKER_BUILDKIT=0") // an old Compose cannot build otherwise
	}
	session, err := student.NewSession(config)
	stop(err)
	DeferCleanup(func() { stop(session.Close()) })
	w.walker = NewWalker(session, w.plan.File, w.projects)
}

// refuse skips the walk on an engine that is not disposable.
func (w *lessonWalk) refuse() {
	w.refused = fmt.Sprintf("the lesson is not walked on %s: its commands use fixed names (my-data, my-container) and prune without a filter, and this engine "+
		"is not declared disposable. If nothing on it is worth keeping, set %s=1; otherwise walk the lesson in the lab: go tool lab run -- make walk",
		w.facts.Engine, settings.Disposable.Name)
	if settings.RequireAll.On() {
		Fail(w.refused)
	}
	Skip(w.refused)
}

// obtain gets an image. Blocks that need an unavailable image are skipped.
func (w *lessonWalk) obtain(ctx SpecContext, wanted string) {
	image, err := images.Ensure(ctx, run.From(ctx).Engine(), wanted, images.FromSettings(GinkgoWriter))
	if errors.Is(err, images.ErrUnavailable) {
		w.missing[wanted] = err.Error()
		return
	}
	stop(err)
	w.tools.Images[wanted] = image.Used
	if w.substituted[wanted] = image.Substitute; image.Substitute {
		w.tools.Images[wanted] = image.Used + ", a substitute: " + image.Description
		claims.ReportSubstitute(wanted, image.Used+": "+image.Description)
	}
}

// walk is the body of a spec. It passes if the step has the expected result.
func (w *lessonWalk) walk(ctx SpecContext, step PlanStep) {
	if reason := w.skipReason(step); reason != "" {
		record := w.newRecord(step)
		record.Reason = reason
		w.records[step.Block.Ordinal] = record
		Skip(reason)
	}
	record, err := w.walker.Do(ctx, step)
	expected := w.expected(step.Step)
	expected.describe(&record)
	w.records[step.Block.Ordinal] = record
	if screen := record.Screen(); screen != "" {
		AddReportEntry("transcript", screen, ReportEntryVisibilityFailureOrVerbose)
	}
	if record.Diff != "" {
		AddReportEntry("comparison with line "+fmt.Sprint(record.OutputLine), record.Comparison.Kind+"\n"+record.Diff, ReportEntryVisibilityFailureOrVerbose)
	}
	if err == nil && (record.Kind != "command" || record.Result == expected.Is) {
		return
	}
	w.checkEngine(ctx, record)
	stop(err)
	Fail(unexpected(w.facts, record))
}

func (w *lessonWalk) skipReason(step PlanStep) string {
	if w.dead != "" {
		return w.dead
	}
	for _, image := range step.Needs {
		if why, missing := w.missing[image]; missing {
			return why
		}
	}
	return step.Skip
}

// checkEngine ends the walk if the engine has died.
func (w *lessonWalk) checkEngine(ctx context.Context, record result.Block) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pingTimeout)
	defer cancel()
	if err := run.From(ctx).Engine().Ping(ctx); err != nil {
		w.dead = fmt.Sprintf("the engine died during line %d: %v", record.Line, err)
		Fail(fmt.Sprintf("%s\nOn the screen:\n%s%s", w.dead, record.Screen(), record.Reason))
	}
}

func unexpected(facts engine.Facts, r result.Block) string {
	text := fmt.Sprintf("line %d on %s: the result is %q, and walk.yaml expects %q", r.Line, facts.Engine, r.Result, r.Expected)
	if r.Because != "" {
		text += " because " + r.Because
	}
	if r.Diff != "" {
		text += fmt.Sprintf(".\nThe lesson's output in line %d beside what was printed:\n%s", r.OutputLine, r.Diff)
	}
	return text + "\nOn the screen:\n" + r.Screen()
}

// expected returns the expected result of a step on this engine, with these tools.
func (w *lessonWalk) expected(s Step) Expect { return s.Expected(w.facts, w.cli, w.substituted) }

// Expected returns the expected result of a step on an engine, with a docker CLI and
// substitutes for these images.
func (s Step) Expected(facts engine.Facts, cli *semver.Version, substituted map[string]bool) Expect {
	for _, e := range s.Expect {
		if e.on.On(facts) && (e.cli == nil || cli != nil && e.cli.Check(cli)) && (e.Substitute == "" || substituted[e.Substitute]) {
			return e
		}
	}
	return Expect{Is: result.Same}
}

func (e Expect) describe(record *result.Block) {
	record.Expected, record.Because, record.Erratum = e.Is, e.Because, e.Erratum
}

func (w *lessonWalk) newRecord(step PlanStep) result.Block {
	record := newRecord(step)
	w.expected(step.Step).describe(&record)
	return record
}

// write writes walk.json, however the walk ended.
func (w *lessonWalk) write() {
	document := result.Walk{Schema: result.WalkSchema, Engine: w.facts.Engine, Seconds: time.Since(w.began).Seconds(), Tools: w.tools,
		Lesson: result.Lesson{ID: w.plan.Lesson.ID, SHA256: w.plan.Lesson.SHA256}, Misfits: w.plan.Misfits}
	for _, step := range w.plan.Steps {
		record, walked := w.records[step.Block.Ordinal]
		if !walked {
			record = w.newRecord(step)
			if record.Reason = "the walk ended before this block"; w.refused != "" {
				record.Reason = w.refused
			}
		}
		document.Blocks = append(document.Blocks, record)
	}
	stop(result.WriteWalk(filepath.Join("..", "..", "reports", "out", w.recordPath()), document)) // from a suite's directory
}

// recordPath returns where walk.json belongs below the directory of reports: beside
// the verdicts of the same lesson.
func (w *lessonWalk) recordPath() string {
	return filepath.Join(w.facts.Label(), "lesson", library.Subdirectory(w.plan.Lesson.ID), "walk.json")
}

// stop fails the running node with an error.
func stop(err error) {
	GinkgoHelper()
	if err != nil {
		Fail(err.Error(), 1)
	}
}
