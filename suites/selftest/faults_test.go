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
)

// atOnce is how many faulty engines are judged at the same time: each run
// waits more than it computes.
const atOnce = 6

// patience is what waits longest for what does not come: it begins first.
var patience = []string{"bind-copied", "container-not-removed", "engine-hangs", "restart-does-nothing", "log-driver-ignored", "answer-late"}

// faulty is the judging of the faulty engines.
var faulty = &judging{all: &judgements{began: time.Now()}}

// judging goes on while other specs run: it waits more than it computes.
type judging struct {
	begun   sync.Once
	due     table
	results map[string]chan judged
	all     *judgements
}

// begin begins to judge the engines whose faults are selected, until the node ends.
func (j *judging) begin(ctx context.Context) {
	GinkgoHelper()
	j.begun.Do(func() {
		j.due = readTable()
		j.all.due = j.due
		b := newBench(ctx, "docker-trixie", nil)
		j.all.engine = b.engine.Facts.String()
		j.results = map[string]chan judged{}
		chosen := selected()
		for _, fault := range chosen {
			j.results[fault.Name] = make(chan judged, 1)
		}
		working, stop := context.WithCancel(context.WithoutCancel(ctx))
		var workers sync.WaitGroup
		DeferCleanup(func() { stop(); workers.Wait() })
		workers.Go(func() { j.work(working, b, chosen) })
	})
}

func (j *judging) work(ctx context.Context, b *bench, chosen []faults.Fault) {
	slices.SortStableFunc(chosen, func(one, other faults.Fault) int { return turn(one) - turn(other) })
	turns := make(chan faults.Fault)
	var lanes, unfaulted sync.WaitGroup
	defer func() { lanes.Wait(); unfaulted.Wait() }()
	for range atOnce {
		lanes.Go(func() {
			for fault := range turns {
				j.results[fault.Name] <- judge(ctx, b, j.due, fault)
			}
		})
	}
	defer close(turns)
	for _, fault := range chosen {
		switch turn(fault) {
		case first:
			unfaulted.Go(func() { j.results[fault.Name] <- judge(ctx, b, j.due, fault) })
			continue
		case last:
			// Many of these change what others see of the engine, too.
			unfaulted.Wait()
		}
		select {
		case turns <- fault:
		case <-ctx.Done():
			return
		}
	}
}

// first and last are turns; between them are those that need patience.
const first, last = -1, 1 << 10

func turn(fault faults.Fault) int {
	if fault.IsNone() {
		return first
	}
	if at := slices.Index(patience, fault.Name); at >= 0 {
		return at
	}
	return last
}

// Where one process has all of the suite, the other specs run meanwhile.
var _ = BeforeSuite(func(ctx SpecContext) {
	if config, _ := GinkgoConfiguration(); config.ParallelTotal == 1 && len(selected()) > 0 {
		faulty.begin(ctx)
	}
}, NodeTimeout(20*time.Minute))

var _ = Describe("A broken engine", Ordered, ContinueOnFailure, Label("faults"), SpecPriority(-1), func() {
	BeforeAll(func(ctx SpecContext) { faulty.begin(ctx) }, NodeTimeout(20*time.Minute))

	It("is in the table, whatever its fault", func() {
		var names []string
		for _, fault := range faults.All {
			names = append(names, fault.Name)
		}
		slices.Sort(names)
		Expect(faulty.due.named()).To(Equal(names))
	})

	for _, fault := range slices.Concat([]faults.Fault{faults.None}, faults.All) {
		It("that "+fault.Does+" is caught", Label("fault:"+fault.Name), func(ctx SpecContext) {
			var result judged
			Eventually(ctx, faulty.results[fault.Name]).Should(Receive(&result))
			faulty.all.add(result)
			Expect(result.Caught).To(BeTrue(), "it survived: %s", complaint(result.Fault))
		}, SpecTimeout(20*time.Minute))
	}

	It("is counted in the README", func() {
		text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(text)).To(ContainSubstring("all of %d broken engines are caught", len(faults.All)))
	})

	It("contradicts each claim, or the table says why none can", func() {
		document := faulty.all.document()
		if len(document.Faults) < len(faults.All) {
			Skip("not all of the faults were tried")
		}
		AddReportEntry("score", told(document))
		Expect(document.Unexplained()).To(BeEmpty(), "no fault contradicts these, and faults.yaml does not say why")
		Expect(faulty.all.outdated()).To(BeEmpty(), "faults.yaml says why no fault contradicts these, and one does")
	})

	AfterAll(func() {
		if len(faulty.all.faults) > 0 {
			Expect(report.Write(filepath.Join("..", "..", "reports", "out"), faulty.all.document())).To(Succeed())
		}
	})
})

// judge runs the suite on an engine with a fault and looks what it noticed.
func judge(ctx context.Context, b *bench, due table, fault faults.Fault) judged {
	kind, of := due.due(fault)
	result := judged{Fault: report.Fault{Name: fault.Name, Does: fault.Does, Due: kind}}
	procs, selects := 1, filter(of)
	if kind == report.Same {
		procs, selects = 2, due.filters()
	}
	o, err := b.run(ctx, fault, selects, procs)
	result.Seconds, result.claims = o.seconds, o.claims
	if err != nil {
		result.Findings = []report.Finding{{Of: "the run", Verdict: "error", Reason: err.Error()}}
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

// find looks up what became of a claim, or of the specs with a label.
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

// complaint is what was due and did not come.
func complaint(f report.Fault) string {
	text := fmt.Sprintf("on an engine that %s %s was due", f.Does, f.Due)
	if len(f.Findings) == 0 {
		text += ", of no claim: faults.yaml does not name the fault"
	}
	for _, finding := range f.Findings {
		if !finding.AsDue {
			text += fmt.Sprintf("\n  %s: %s (catalogued: %s) %s", finding.Of, finding.Verdict, finding.Expected, finding.Reason)
		}
	}
	return text
}
