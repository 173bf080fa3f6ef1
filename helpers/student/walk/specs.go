package walk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
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
	blockLimit = 4 * time.Minute // beyond the bounds of all that is done for one
	setUpLimit = 10 * time.Minute
	endLimit   = 2 * time.Minute
	// answerLimit bounds the question whether the engine is there still.
	answerLimit = 10 * time.Second
)

// Specs makes the specs of a walk: one for each block, in the lesson's order.
// files hold walk.yaml, dir is where it stands, and projects hold what its steps
// are given from.
//
// It returns the setups that they need.
func Specs(dir string, files, projects fs.FS) (setups []run.Setup) {
	name := path.Join(dir, "walk.yaml")
	plan, err := load(name, files)
	if err != nil {
		Describe("the walk of "+name, Label(SpecLabel), func() {
			It("can be read", func(SpecContext) { Fail(err.Error()) })
		})
		return nil
	}
	wanted := plan.images()
	for _, image := range wanted {
		setups = append(setups, images.Setup(SpecLabel, image))
	}
	// Ordered, as the lesson is; Serial, for it prunes what it finds.
	Describe("a student who walks the lesson "+plan.File.Lesson, Ordered, Serial, ContinueOnFailure,
		Label(SpecLabel, compose.ToolLabel), func() { (&course{plan: plan, projects: projects, wanted: wanted}).specs() })
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

func (p Plan) images() (wanted []string) {
	for _, stop := range p.Stops {
		wanted = append(wanted, stop.Step.Needs...)
	}
	slices.Sort(wanted)
	return slices.Compact(wanted)
}

// course is one walk in the making.
type course struct {
	plan     Plan
	projects fs.FS
	wanted   []string

	facts   engine.Facts
	cli     *semver.Version
	walker  *Walker
	desk    *student.Desk
	missing map[string]string // images that are not to be had, and why
	// substituted are the images that others stand in for.
	substituted map[string]bool
	tools       result.Tools
	began       time.Time
	records     map[int]result.Block // by the block's ordinal
	refused     string
	dead        string // how the engine died on the way
}

func (c *course) specs() {
	BeforeAll(c.setOut, NodeTimeout(setUpLimit))
	It("has a walk file that fits the lesson", func(SpecContext) {
		for _, misfit := range c.plan.Misfits {
			AddReportEntry("misfit", misfit, ReportEntryVisibilityFailureOrVerbose)
		}
		if len(c.plan.Misfits) > 0 {
			Fail(fmt.Sprintf("the lesson has changed, or walk.yaml has; %d places:\n%s", len(c.plan.Misfits), joined(c.plan.Misfits)))
		}
	})
	for _, stop := range c.plan.Stops {
		It(title(stop), func(ctx SpecContext) { c.walk(ctx, stop) }, SpecTimeout(blockLimit))
	}
}

func title(stop Stop) string {
	switch stop.Step.Kind() {
	case "file":
		return fmt.Sprintf("makes the file of line %d, %s", stop.Block.Line, stop.Step.To)
	case "edit":
		return fmt.Sprintf("edits %s as line %d says", stop.Step.To, stop.Block.Line)
	}
	return fmt.Sprintf("types line %d, %s", stop.Block.Line, stop.Block.Head())
}

// setOut lays the student's desk, once for the whole walk.
func (c *course) setOut(ctx SpecContext) {
	c.began, c.records, c.missing = time.Now(), map[int]result.Block{}, map[string]string{}
	c.substituted = map[string]bool{}
	c.facts = run.From(ctx).Facts
	DeferCleanup(c.write)
	if !c.facts.Disposable {
		c.refuse()
	}
	box := sandbox.New(ctx)
	docker, err := student.FindDocker()
	stop(err)
	c.cli, err = student.DockerVersion(ctx, docker)
	stop(err)
	tool := compose.Need(ctx, box)
	c.tools = result.Tools{Docker: c.cli.String(), Compose: tool.String(), Images: map[string]string{}}
	for _, image := range c.wanted {
		c.obtain(ctx, image)
	}
	before, err := stock(ctx, box.Engine())
	stop(err)
	DeferCleanup(func(ctx SpecContext) {
		if c.dead == "" {
			stop(restore(ctx, box.Engine(), before))
		}
	}, NodeTimeout(endLimit))
	place := student.Place{Dir: box.Dir(ctx).Path, Engine: box.Engine().Endpoint.Host, Netns: settings.Netns.Get(),
		Docker: docker, Compose: tool.Path, Plugin: tool.Origin == compose.Plugin, Client: box.Engine().HTTP()}
	if !tool.Buildx {
		place.Env = append(place.Env, "DOCKER_BUILDKIT=0") // an earlier Compose refuses to build otherwise
	}
	c.desk, err = student.Sit(place)
	stop(err)
	DeferCleanup(func() { stop(c.desk.Leave()) })
	c.walker = NewWalker(c.desk, c.plan.File.Prompts, c.projects)
}

// refuse leaves an engine alone that is somebody's own.
func (c *course) refuse() {
	c.refused = fmt.Sprintf("the lesson is not walked on %s %s: its commands have fixed names (my-data, my-container) and prune without a filter, and nobody "+
		"said that nothing on this engine is worth keeping. Where that is so, say it with %s=1; else walk it in the lab: go tool lab run -- make walk",
		c.facts.Name, c.facts.Version, settings.Disposable.Name)
	if settings.RequireAll.On() {
		Fail(c.refused)
	}
	Skip(c.refused)
}

// obtain gets an image; what cannot be had leaves out the blocks that need it.
func (c *course) obtain(ctx SpecContext, wanted string) {
	image, err := images.Ensure(ctx, run.From(ctx).Engine().API(), wanted, images.FromSettings(GinkgoWriter))
	if errors.Is(err, images.ErrUnavailable) {
		c.missing[wanted] = err.Error()
		return
	}
	stop(err)
	c.tools.Images[wanted] = image.Used
	if c.substituted[wanted] = image.Substitute; image.Substitute {
		c.tools.Images[wanted] = image.Used + ", a substitute: " + image.Description
		claims.ReportSubstitute(wanted, image.Used+": "+image.Description)
	}
}

// walk is one spec: it passes when the block could be walked and came to what
// the walk file says.
func (c *course) walk(ctx SpecContext, at Stop) {
	record := newRecord(at)
	expected := c.expected(at.Step)
	record.Expected, record.Because = expected.Is, expected.Because
	leave := func(reason string) {
		record.Reason = reason
		c.records[at.Block.Ordinal] = record
		Skip(reason)
	}
	if c.dead != "" {
		leave(c.dead)
	}
	for _, image := range at.Step.Needs {
		if why, lacks := c.missing[image]; lacks {
			leave(why)
		}
	}
	if at.Step.Untyped != "" {
		leave(at.Step.Untyped)
	}
	record, err := c.walker.Do(ctx, at)
	record.Expected, record.Because = expected.Is, expected.Because
	c.records[at.Block.Ordinal] = record
	if screen := record.Screen(); screen != "" {
		AddReportEntry("transcript", screen, ReportEntryVisibilityFailureOrVerbose)
	}
	if record.Diff != "" {
		AddReportEntry("comparison with line "+fmt.Sprint(record.OutputLine), record.Comparison.Kind+"\n"+record.Diff, ReportEntryVisibilityFailureOrVerbose)
	}
	if err == nil && (record.Kind != "command" || record.Result == expected.Is) {
		return
	}
	c.checkEngine(ctx, record)
	stop(err)
	Fail(surprise(c.facts, record))
}

// checkEngine ends the walk where the engine has died.
func (c *course) checkEngine(ctx context.Context, record result.Block) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerLimit)
	defer cancel()
	if _, err := run.From(ctx).Engine().API().Ping(ctx); err != nil {
		c.dead = fmt.Sprintf("the engine died while line %d was walked: %v", record.Line, err)
		Fail(fmt.Sprintf("%s\nOn the screen:\n%s%s", c.dead, record.Screen(), record.Reason))
	}
}

func surprise(facts engine.Facts, r result.Block) string {
	text := fmt.Sprintf("line %d on %s %s: the result is %q, and walk.yaml expects %q", r.Line, facts.Name, facts.Version, r.Result, r.Expected)
	if r.Because != "" {
		text += " because " + r.Because
	}
	if r.Diff != "" {
		text += fmt.Sprintf(".\nThe lesson's output in line %d beside what was printed:\n%s", r.OutputLine, r.Diff)
	}
	return text + "\nOn the screen:\n" + r.Screen()
}

// expected is what the step comes to on this engine, with what the student has.
func (c *course) expected(s Step) Expect {
	for _, e := range s.Expect {
		if e.on.On(c.facts) && (e.cli == nil || c.cli != nil && e.cli.Check(c.cli)) && (e.Substitute == "" || c.substituted[e.Substitute]) {
			return e
		}
	}
	return Expect{Is: result.Same}
}

// write writes walk.json, whatever became of the walk.
func (c *course) write() {
	document := result.Walk{Schema: result.WalkSchema, Engine: c.facts.Engine, Seconds: time.Since(c.began).Seconds(), Tools: c.tools,
		Lesson: result.Lesson{ID: c.plan.Lesson.ID, SHA256: c.plan.Lesson.SHA256}, Misfits: c.plan.Misfits}
	for _, at := range c.plan.Stops {
		record, walked := c.records[at.Block.Ordinal]
		if !walked {
			record = newRecord(at)
			expected := c.expected(at.Step)
			record.Expected, record.Because = expected.Is, expected.Because
			if record.Reason = "the walk ended before this block"; c.refused != "" {
				record.Reason = c.refused
			}
		}
		document.Blocks = append(document.Blocks, record)
	}
	// From a suite's own folder.
	stop(result.WriteWalk(filepath.Join("..", "..", "reports", "out", c.facts.Label(), "lesson", "walk.json"), document))
}

// stop ends the running node with one clear error.
func stop(err error) {
	GinkgoHelper()
	if err != nil {
		Fail(err.Error(), 1)
	}
}
