//go:build linux

package selftest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/helpers/run"
	"github.com/holdfast/holdfast/helpers/settings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// soakLabel marks a spec that runs only if the filter names it.
const soakLabel = "soak"

// soakProcs are the numbers of processes that the runs use in turn.
var soakProcs = []int{2, 8, 1, 4}

var _ = Describe("The whole suite in random order", Label(soakLabel), func() {
	It("gives the same verdicts every time, in any number of processes", func(ctx SpecContext) {
		if config, _ := GinkgoConfiguration(); !strings.Contains(config.LabelFilter, soakLabel) {
			Skip("takes more than an hour: use `make soak`")
		}
		runs := soakRuns()
		t := newTestbed(ctx, "docker-trixie", nil)
		seen := soak{}
		for number := 1; number <= runs; number++ {
			procs, seed := soakProcs[(number-1)%len(soakProcs)], GinkgoRandomSeed()+int64(number)
			name := fmt.Sprintf("run %d (--procs=%d --seed=%d)", number, procs, seed)
			dir, err := os.MkdirTemp(t.dir, "soak-")
			Expect(err).NotTo(HaveOccurred())
			o, err := t.conform(ctx, dir, t.machine.Host, nil, "--randomize-all", fmt.Sprintf("--procs=%d", procs), fmt.Sprintf("--seed=%d", seed))
			Expect(err).NotTo(HaveOccurred())
			Expect(run.Sweep(ctx, t.engine, GinkgoWriter)).To(Succeed())
			Expect(os.RemoveAll(dir)).To(Succeed())
			seen.add(name, o)
			fmt.Fprintf(os.Stderr, "%s: %.0f s, %s\n", name, o.seconds, seen.last())
		}
		report := seen.report()
		fmt.Fprintln(os.Stderr, report)
		Expect(os.MkdirAll(filepath.Join("..", "..", "reports", "out"), 0o755)).To(Succeed())
		Expect(os.WriteFile(filepath.Join("..", "..", "reports", "out", "soak.txt"), []byte(report+"\n"), 0o644)).To(Succeed())
		Expect(seen.flaky()).To(BeZero(), report)
	}, SpecTimeout(12*time.Hour))
})

// soakRuns returns the number of runs: HOLDFAST_SOAK, or 20.
func soakRuns() int {
	GinkgoHelper()
	if settings.Soak.Get() == "" {
		return 20
	}
	runs, err := strconv.Atoi(settings.Soak.Get())
	Expect(err).NotTo(HaveOccurred(), "%s must be a number of runs", settings.Soak.Name)
	Expect(runs).To(BeNumerically(">", 1), "%s: a single run has nothing to compare with", settings.Soak.Name)
	return runs
}

// soak holds the outcomes of the runs so far.
type soak []soaked

type soaked struct {
	name        string
	claims      map[string]result.Claim
	differences []string // from the first run and the catalogue
}

// add compares a run with the first one, and with the catalogue.
func (s *soak) add(name string, o outcome) {
	run := soaked{name: name, claims: o.claims}
	if len(o.claims) == 0 {
		run.differences = append(run.differences, "no verdicts")
	}
	for _, id := range slices.Sorted(maps.Keys(o.claims)) {
		claim, first := o.claims[id], o.claims[id]
		if len(*s) > 0 {
			first = (*s)[0].claims[id]
		}
		if claim.Surprising() || claim.Verdict != first.Verdict {
			run.differences = append(run.differences, fmt.Sprintf("%s: %s (first run %s, catalogued %s) %s", id, claim.Verdict, first.Verdict, claim.Expected, claim.Reason))
		}
	}
	for _, spec := range o.specs {
		if spec.Failed() {
			run.differences = append(run.differences, fmt.Sprintf("failed: %s: %s", spec.FullText(), strings.TrimSpace(spec.FailureMessage())))
		}
	}
	*s = append(*s, run)
}

// last describes the run that was added last.
func (s soak) last() string {
	run := s[len(s)-1]
	if len(run.differences) == 0 {
		return fmt.Sprintf("%d verdicts, no difference", len(run.claims))
	}
	return strings.Join(run.differences, "\n  ")
}

// flaky counts the runs with differences.
func (s soak) flaky() (count int) {
	for _, run := range s {
		if len(run.differences) > 0 {
			count++
		}
	}
	return count
}

// report describes all differences.
func (s soak) report() string {
	text := fmt.Sprintf("Flakes: %d of %d runs.", s.flaky(), len(s))
	for _, run := range s {
		if len(run.differences) > 0 {
			text += "\n" + run.name + "\n  " + strings.Join(run.differences, "\n  ")
		}
	}
	return text
}
