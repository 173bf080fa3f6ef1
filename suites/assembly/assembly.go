// Package assembly is what the suites share: it brings an engine, runs the
// registered scenarios on it, and writes the reports.
package assembly

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/lab"
	"github.com/holdfast/holdfast/helpers/run"
	"github.com/holdfast/holdfast/helpers/settings"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	"github.com/onsi/gomega"
)

// specTimeout bounds every spec that sets no bound of its own.
const specTimeout = 2 * time.Minute

const (
	// setup bounds the preparation of a run, the making of a lab engine included.
	setup = 20 * time.Minute
	// longest bounds the suite node in which it is done: the processes that sit
	// the run out do so there, and take no spec from the others.
	longest = 12 * time.Hour
)

// passedOn are the variables that the first process may set for the others.
var passedOn = []string{
	"DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_API_VERSION",
	settings.Disposable.Name, settings.Release.Name, settings.Control.Name, settings.Netns.Name,
}

// Suite is a suite that judges an engine, as one process knows it: its nodes
// share it.
type Suite struct {
	catalogue *claims.Catalogue
	texts     []Text
	setups    []run.Setup
	run       *run.Run // that this process takes part in
	first     bool     // this process began the run
	machine   *lab.Machine
	leftovers []string
	subfolder string // of the engine's folder of reports
	then      []func(Outcome) error
}

// OnEngine registers the suite nodes of a suite that judges an engine. Its
// reports go to the engine's folder, into the subfolder where one is named;
// what else is to be made of them is done then.
func OnEngine(subfolder string, setups []run.Setup, then ...func(Outcome) error) *Suite {
	r := &Suite{subfolder: subfolder, setups: setups, then: then}
	SynchronizedBeforeSuite(r.begin, r.join, NodeTimeout(longest))
	SynchronizedAfterSuite(r.leave, r.end, NodeTimeout(5*time.Minute))
	ReportAfterSuite("the reports", r.report, NodeTimeout(5*time.Minute))
	return r
}

// Prepare is called before RunSpecs: the specs that Ginkgo then makes get the
// labels of their claims, and a deadline.
func Prepare(t *testing.T) {
	if _, set := os.LookupEnv("GOGC"); !set {
		debug.SetGCPercent(400) // a process uses little memory, and not for long
	}
	gomega.RegisterFailHandler(Fail)
	if err := claims.LabelSpecs(); err != nil {
		t.Fatal(err)
	}
	AddTreeConstructionNodeArgsTransformer(bounded)
	if GinkgoParallelProcess() != 1 {
		go catalogued() // while the first process prepares the run
	} else {
		go lessons() // while it makes the specs
		previewed = PreviewSpecs("preview").SpecReports
	}
}

// AroundNode returns the decorator for RunSpecs that puts the run into each
// node's context.
func (r *Suite) AroundNode() types.AroundNodeDecorator {
	return AroundNode(func(ctx context.Context) context.Context { return run.WithRun(ctx, r.run) })
}

// catalogued and lessons are the catalogue, and the lessons that it is about.
var (
	catalogued = sync.OnceValues(claims.Load)
	lessons    = sync.OnceValues(func() ([]Text, error) {
		catalogue, err := catalogued()
		if err != nil {
			return nil, err
		}
		return Texts(catalogue)
	})
)

// previewed are the suite's specs before any of them ran, in the first process.
var previewed types.SpecReports

// Specs are the suite's specs, whether they are selected or not, with their
// labels and without results. Only the first process knows them, in which Serial
// specs run.
func Specs() types.SpecReports { return previewed }

// selectedSetups are the setups that the selected specs need.
func (r *Suite) selectedSetups() (needed []run.Setup) {
	labels := selectedLabels()
	for _, s := range r.setups {
		if slices.Contains(labels, s.Label) {
			needed = append(needed, s)
		}
	}
	return needed
}

// selectedLabels are the labels of the specs that the run's filters select.
func selectedLabels() (labels []string) {
	for _, spec := range previewed {
		if !spec.State.Is(types.SpecStateSkipped | types.SpecStatePending) {
			labels = append(labels, spec.Labels()...)
		}
	}
	return labels
}

// bounded gives a deadline to specs that have none.
func bounded(node types.NodeType, _ Offset, text string, args []any) (string, []any, []error) {
	if node == types.NodeTypeIt {
		for _, arg := range args {
			if _, has := arg.(SpecTimeout); has {
				return text, args, nil
			}
		}
		args = append(args, SpecTimeout(specTimeout))
	}
	return text, args, nil
}

func (r *Suite) begin(spec SpecContext) []byte {
	ctx, cancel := context.WithTimeout(spec, setup)
	defer cancel()
	var err error
	r.catalogue, err = catalogued()
	abort(err)
	r.texts, err = lessons()
	abort(err)
	e, err := r.connect(ctx)
	abort(err)
	fmt.Fprintf(console(), "Judging %s\n  at %s (from %s).\n", e.Facts, e.Endpoint.Host, e.Endpoint.Origin)
	r.run, err = run.Begin(ctx, e, console(), r.selectedSetups()...)
	abort(err)
	r.first = true
	config, _ := GinkgoConfiguration()
	if lanes := lanesOf(e.Facts); lanes < config.ParallelTotal {
		fmt.Fprintf(console(), "The engine has %d cores: %d of the %d processes work on it (any other number is obeyed: --procs=N).\n", e.Facts.CPUs, lanes, config.ParallelTotal)
	}
	told := toldOthers{Run: r.run.Share(passedOn...), Mended: map[string]bool{}}
	for _, text := range r.texts {
		maps.Copy(told.Mended, text.Mended)
	}
	data, err := json.Marshal(told)
	abort(err)
	return data
}

// toldOthers is what the first process tells all of them.
type toldOthers struct {
	Run    json.RawMessage
	Mended map[string]bool // the claims that the judged texts have corrected
}

// lanesOf is how many of this run's processes are to work on the engine.
func lanesOf(facts engine.Facts) int {
	config, _ := GinkgoConfiguration()
	return run.Workers(config.ParallelTotal, runtime.NumCPU(), facts.CPUs, run.WorkersPerCore(facts.Name))
}

// connect reaches the engine at hand; where nobody named one and nothing
// answers, it starts one in the lab, and says so.
func (r *Suite) connect(ctx context.Context) (*engine.Engine, error) {
	e, err := engine.Connect(ctx)
	if err == nil || !errors.Is(err, engine.ErrUnreachable) {
		return e, err
	}
	endpoint, resolved := engine.Resolve()
	release := settings.Lab.Get()
	if resolved != nil || endpoint.Explicit || release == "off" {
		return nil, err
	}
	if unavailable := lab.Prepare(ctx, console()); unavailable != nil {
		return nil, fmt.Errorf("%w\nand a private one cannot be started in its place: %w", err, unavailable)
	}
	shares, failed := lab.DefaultShares()
	if failed != nil {
		return nil, failed
	}
	fmt.Fprintf(console(), "No engine answers at %s: starting a private one in the lab.\n", endpoint.Host)
	if r.machine, err = lab.Start(ctx, release, shares, console()); err != nil {
		return nil, err
	}
	for _, variable := range append(r.machine.Env(), settings.Netns.Name+"="+r.machine.Netns) {
		if err := setenv(variable); err != nil {
			return nil, err
		}
	}
	return engine.Connect(ctx)
}

// join runs in every process, the first one included.
func (r *Suite) join(ctx SpecContext, data []byte) {
	var told toldOthers
	stop(json.Unmarshal(data, &told))
	var err error
	if !r.first {
		r.run, err = run.Join(ctx, told.Run)
		stop(err)
	}
	r.catalogue, err = catalogued()
	stop(err)
	claims.Judge(r.catalogue, r.run.Facts)
	claims.DoubtBy(r.run.HealthCheck)
	claims.JudgeMended(told.Mended)
	if GinkgoParallelProcess() > lanesOf(r.run.Facts) {
		r.run.WaitIdle(ctx)
	}
}

func (r *Suite) leave(SpecContext) {
	if r.run == nil || r.first {
		return
	}
	// The first process may still be at work, the second leaves when no spec
	// is left for anybody: those that sat the run out may go.
	var err error
	if config, _ := GinkgoConfiguration(); GinkgoParallelProcess() == 2 && lanesOf(r.run.Facts) < config.ParallelTotal {
		err = r.run.SignalDone()
	}
	stop(errors.Join(err, r.run.Leave()))
}

// end runs in the first process when the others have left, and also where the
// beginning failed half-way.
func (r *Suite) end(ctx SpecContext) {
	var err error
	if r.run != nil {
		r.leftovers, err = r.run.End(ctx)
	}
	if r.machine != nil {
		err = errors.Join(err, r.machine.Close())
	}
	stop(err)
	if len(r.leftovers) > 0 {
		Fail(fmt.Sprintf("the run left %d things behind: %v", len(r.leftovers), r.leftovers))
	}
}

// abort ends the suite with one clear error, and no second one from the
// processes that wait for the first.
func abort(err error) {
	if err != nil {
		AbortSuite(err.Error(), 1)
	}
}

// stop ends the running suite node with one clear error.
func stop(err error) {
	if err != nil {
		Fail(err.Error(), 1)
	}
}
