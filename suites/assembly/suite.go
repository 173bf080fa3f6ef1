// Package assembly is what the suites share: it connects to an engine, runs
// scenarios on it, and writes the reports.
package assembly

import (
	"context"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/lab"
	"github.com/holdfast/holdfast/helpers/lesson/text"
	"github.com/holdfast/holdfast/helpers/run"
	"github.com/holdfast/holdfast/helpers/settings"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	"github.com/onsi/gomega"
)

const (
	// specTimeout bounds every spec that sets no bound of its own.
	specTimeout = 2 * time.Minute
	// specTimeoutInVM is the bound on a lab engine in a virtual machine, which may be emulated.
	specTimeoutInVM = 10 * time.Minute
	// setupTimeout bounds the setup of a run, the start of a lab engine included.
	setupTimeout = 20 * time.Minute
	// suiteTimeout bounds the suite node of the setup, in which idle workers wait until the run is over.
	suiteTimeout = 12 * time.Hour
	// reportTimeout bounds the suite nodes that end a run.
	reportTimeout = 5 * time.Minute
)

// Options say what a suite is about.
type Options struct {
	// Setups are done before the first spec, where specs with their labels are selected.
	Setups []run.Setup
	// Subdirectory of the engine's directory of reports, for those of this suite.
	Subdirectory string
	// Text is set for a suite that also judges the claims whose subject is the text.
	Text bool
	// Then functions post-process each outcome.
	Then []func(Outcome) error
}

// Suite judges an engine. What it learns in one of Ginkgo's suite nodes it keeps for the next.
type Suite struct {
	options   Options
	catalogue func() (*claims.Catalogue, error)
	texts     func() ([]text.Text, error)
	judge     *claims.Judge
	run       *run.Run
	at        run.Activity // of this process
	// Only the first process has what follows.
	first     bool
	specs     types.SpecReports
	machine   *lab.Machine // nil where the engine was there
	console   io.Writer
	quiet     func() // ends the lines about the progress
	leftovers []string
}

// New makes a suite that judges the claims that load returns.
func New(load func() (*claims.Catalogue, error), options Options) *Suite {
	s := &Suite{options: options, catalogue: sync.OnceValues(load)}
	s.texts = sync.OnceValues(func() ([]text.Text, error) {
		catalogue, err := s.catalogue()
		if err != nil {
			return nil, err
		}
		return text.Texts(catalogue)
	})
	return s
}

// Prepare registers the suite's nodes. RunSpecs takes the decorator, which puts the run, the judge and
// the suite into the context of each node.
func (s *Suite) Prepare(t *testing.T) types.AroundNodeDecorator {
	if _, set := os.LookupEnv("GOGC"); !set {
		debug.SetGCPercent(400) // a process needs little memory, and not for long
	}
	gomega.RegisterFailHandler(Fail)
	catalogue, err := s.catalogue()
	if err != nil {
		t.Fatal(err)
	}
	SynchronizedBeforeSuite(s.begin, s.join, NodeTimeout(suiteTimeout))
	SynchronizedAfterSuite(s.leave, s.end, NodeTimeout(reportTimeout))
	ReportBeforeEach(s.running)
	ReportAfterEach(s.passed)
	ReportAfterSuite("the reports", s.report, NodeTimeout(reportTimeout))
	catalogue.CheckLabels()
	AddTreeConstructionNodeArgsTransformer(bounded)
	AddTreeConstructionNodeArgsTransformer(s.label)
	if GinkgoParallelProcess() == 1 {
		s.console = console()
		go s.texts() // while the specs are built
		s.specs = PreviewSpecs("preview").SpecReports
		if err := catalogue.Check(s.specs); err != nil {
			t.Fatal(err)
		}
	}
	return AroundNode(func(ctx context.Context) context.Context {
		return context.WithValue(claims.WithJudge(run.WithRun(ctx, s.run), s.judge), suiteKey{}, s)
	})
}

type suiteKey struct{}

// From returns the suite that runs the spec with this context.
func From(ctx context.Context) *Suite { return ctx.Value(suiteKey{}).(*Suite) }

// Catalogue returns the claims that the suite judges.
func (s *Suite) Catalogue() (*claims.Catalogue, error) { return s.catalogue() }

// Texts returns the documents that the claims are about.
func (s *Suite) Texts() ([]text.Text, error) { return s.texts() }

// Specs returns the suite's specs, whether they are selected or not, with their
// labels and without results. Only the first process knows them, in which Serial
// specs run.
func (s *Suite) Specs() types.SpecReports { return s.specs }

// selectedSetups returns the setups that the specs need which the run's filters select.
func (s *Suite) selectedSetups() (needed []run.Setup) {
	var labels []string
	for _, spec := range s.specs {
		if !spec.State.Is(types.SpecStateSkipped | types.SpecStatePending) {
			labels = append(labels, spec.Labels()...)
		}
	}
	for _, setup := range s.options.Setups {
		if slices.Contains(labels, setup.Label) {
			needed = append(needed, setup)
		}
	}
	return needed
}

// bounded gives a deadline to specs that have none.
func bounded(node types.NodeType, _ Offset, text string, args []any) (string, []any, []error) {
	if node == types.NodeTypeIt {
		for _, arg := range args {
			if _, has := arg.(SpecTimeout); has {
				return text, args, nil
			}
		}
		limit := specTimeout
		if settings.VM.On() {
			limit = specTimeoutInVM
		}
		args = append(args, SpecTimeout(limit))
	}
	return text, args, nil
}
