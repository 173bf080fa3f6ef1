//go:build linux

package selftest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/holdfast/holdfast/helpers/faults"
	"github.com/holdfast/holdfast/helpers/result"
	report "github.com/holdfast/holdfast/reports/faults"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sync/errgroup"
)

// atOnce is how many broken engines are judged at the same time. Each run mostly waits.
const atOnce = 6

// slowest are the faults whose runs take longest. They start first.
var slowest = []string{"bind-copied", "container-not-removed", "engine-hangs", "restart-does-nothing", "log-driver-ignored", "answer-late"}

// broken judges the broken engines.
var broken = &judging{all: &score{began: time.Now()}}

// judging judges broken engines in the background, while other specs run.
type judging struct {
	once     sync.Once
	expected table
	results  map[string]chan judged
	all      *score
}

// start starts judging the engines with the selected faults, until the node ends.
func (j *judging) start(ctx context.Context) {
	GinkgoHelper()
	j.once.Do(func() {
		j.expected = readTable()
		j.all.expected = j.expected
		chosen := selected()
		mounts := mountLies(ctx, chosen)
		t := newTestbed(ctx, "docker-trixie", directories(mounts))
		t.lies = mounts
		j.all.engine = t.engine.Facts.String()
		j.results = map[string]chan judged{}
		for _, fault := range chosen {
			j.results[fault.Name] = make(chan judged, 1)
		}
		working, stop := context.WithCancel(context.WithoutCancel(ctx))
		var workers sync.WaitGroup
		DeferCleanup(func() { stop(); workers.Wait() })
		workers.Go(func() { j.work(working, t, chosen) })
	})
}

func (j *judging) work(ctx context.Context, t *testbed, chosen []faults.Fault) {
	slices.SortStableFunc(chosen, func(one, other faults.Fault) int { return turn(one) - turn(other) })
	var workers, unfaulted errgroup.Group
	defer func() { _, _ = workers.Wait(), unfaulted.Wait() }() // the results have the errors
	workers.SetLimit(atOnce)
	for _, fault := range chosen {
		run := func() error {
			if ctx.Err() == nil {
				j.results[fault.Name] <- judge(ctx, t, j.expected, fault)
			}
			return nil
		}
		switch turn(fault) {
		case first:
			unfaulted.Go(run)
			continue
		case last:
			// Many of these also change what other runs see of the engine.
			_ = unfaulted.Wait()
		}
		workers.Go(run)
	}
}

// first and last are turns. The turns of the slowest faults are between them.
const first, last = -1, 1 << 10

func turn(fault faults.Fault) int {
	if fault.IsNone() {
		return first
	}
	if at := slices.Index(slowest, fault.Name); at >= 0 {
		return at
	}
	return last
}

// With one process, the broken engines are judged while other specs run.
var _ = BeforeSuite(func(ctx SpecContext) {
	if config, _ := GinkgoConfiguration(); config.ParallelTotal == 1 && len(selected()) > 0 {
		broken.start(ctx)
	}
}, NodeTimeout(20*time.Minute))

var _ = Describe("A broken engine", Ordered, ContinueOnFailure, Label("faults"), SpecPriority(-1), func() {
	BeforeAll(func(ctx SpecContext) { broken.start(ctx) }, NodeTimeout(20*time.Minute))

	It("is in the table", func() {
		var names []string
		for _, fault := range faults.All {
			names = append(names, fault.Name)
		}
		slices.Sort(names)
		Expect(broken.expected.faultNames()).To(Equal(names))
	})

	for _, fault := range slices.Concat([]faults.Fault{faults.None}, faults.All) {
		It("that "+fault.Does+" is caught", Label("fault:"+fault.Name), func(ctx SpecContext) {
			if _, lies := fault.Lie(); lies && !canLie() {
				Skip("needs /dev/fuse and bindfs, which is in the Debian package of that name")
			}
			var result judged
			Eventually(ctx, broken.results[fault.Name]).Should(Receive(&result))
			broken.all.add(result)
			Expect(result.Caught).To(BeTrue(), "not caught: %s", missed(result.Fault))
		}, SpecTimeout(20*time.Minute))
	}

	It("is counted in the README", func() {
		text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(text)).To(ContainSubstring("all of %d broken engines are caught", len(faults.All)))
	})

	It("changes the verdict of each claim, or the table gives the reason", func() {
		document := broken.all.document()
		if len(document.Faults) < len(faults.All) {
			Skip("not all faults were selected")
		}
		AddReportEntry("score", summary(document))
		Expect(document.Unexplained()).To(BeEmpty(), "no fault changes the verdicts of these claims, and faults.yaml gives no reason")
		Expect(broken.all.outdated()).To(BeEmpty(), "faults.yaml says that no fault changes the verdicts of these claims, but one does")
	})

	AfterAll(func() {
		if len(broken.all.faults) > 0 {
			Expect(report.Write(filepath.Join("..", "..", "reports", "out"), broken.all.document())).To(Succeed())
		}
	})
})

// judge runs the suite on an engine with a fault and returns what it noticed.
func judge(ctx context.Context, t *testbed, expected table, fault faults.Fault) judged {
	kind, of := expected.expect(fault)
	result := judged{Fault: report.Fault{Name: fault.Name, Does: fault.Does, Due: kind}}
	procs, selects := 1, filter(of)
	if kind == report.Same {
		procs, selects = 2, expected.filters()
	}
	o, err := t.run(ctx, fault, selects, procs)
	result.Seconds, result.claims = o.seconds, o.claims
	if err != nil {
		result.Findings = []report.Finding{{Of: "the run", Verdict: "error", Reason: err.Error()}}
		return result
	}
	if len(o.claims) == 0 && len(of) > 0 && strings.Contains(of[0], "/") {
		result.Findings = []report.Finding{{Of: "the run", Verdict: "error", Reason: "it decided no claim; its output:\n" + o.log}}
		return result
	}
	result.Caught = len(of) > 0
	for _, one := range subjects(of) {
		finding := o.find(one, result.Due)
		result.Caught = result.Caught && finding.AsDue
		result.Findings = append(result.Findings, finding)
	}
	return result
}

// find returns the outcome of a claim, or of the specs with a label.
func (o outcome) find(of, due string) report.Finding {
	if !strings.Contains(of, "/") {
		failed, reason := o.failed(of)
		verdict := "passed"
		if failed {
			verdict = "failed"
		}
		return report.Finding{Of: of, Verdict: verdict, Reason: reason, AsDue: failed == (due == report.Wrong)}
	}
	claim := o.claims[of]
	finding := report.Finding{Of: of, Expected: claim.Expected, Verdict: claim.Verdict, Reason: claim.Reason}
	switch due {
	case report.Wrong:
		finding.AsDue = claim.Surprising()
	case report.Error:
		finding.AsDue = claim.Verdict == result.Unverified && strings.HasPrefix(claim.Reason, "error in ")
	default:
		finding.AsDue = claim.Verdict == claim.Expected
	}
	return finding
}

// missed describes the expected results that did not come.
func missed(f report.Fault) string {
	text := fmt.Sprintf("an engine that %s must cause %s", f.Does, f.Due)
	if len(f.Findings) == 0 {
		text += ", but faults.yaml does not list the fault"
	}
	for _, finding := range f.Findings {
		if !finding.AsDue {
			text += fmt.Sprintf("\n  %s: %s (catalogued: %s) %s", finding.Of, finding.Verdict, finding.Expected, finding.Reason)
		}
	}
	return text
}
