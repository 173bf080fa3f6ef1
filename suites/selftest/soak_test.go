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

// soakLabel marks what takes so long that it runs only where the filter names it.
const soakLabel = "soak"

// soakProcs are the numbers of processes that the runs take by turns.
var soakProcs = []int{2, 8, 1, 4}

var _ = Describe("The whole suite in random order", Label(soakLabel), func() {
	It("gives the same verdicts every time, in however many processes", func(ctx SpecContext) {
		if config, _ := GinkgoConfiguration(); !strings.Contains(config.LabelFilter, soakLabel) {
			Skip("takes an hour and more: `make soak`")
		}
		runs := soakRuns()
		b := newBench(ctx, "docker-trixie", nil)
		seen := soak{}
		for number := 1; number <= runs; number++ {
			procs, seed := soakProcs[(number-1)%len(soakProcs)], GinkgoRandomSeed()+int64(number)
			name := fmt.Sprintf("run %d (--procs=%d --seed=%d)", number, procs, seed)
			dir, err := os.MkdirTemp(b.folder, "soak-")
			Expect(err).NotTo(HaveOccurred())
			o, err := b.conform(ctx, dir, b.machine.Host, nil, "--randomize-all", fmt.Sprintf("--procs=%d", procs), fmt.Sprintf("--seed=%d", seed))
			Expect(err).NotTo(HaveOccurred())
			Expect(run.Sweep(ctx, b.engine, GinkgoWriter)).To(Succeed())
			Expect(os.RemoveAll(dir)).To(Succeed())
			seen.add(name, o)
			fmt.Fprintf(os.Stderr, "%s: %.0f s, %s\n", name, o.seconds, seen.last())
		}
		told := seen.told()
		fmt.Fprintln(os.Stderr, told)
		Expect(os.MkdirAll(filepath.Join("..", "..", "reports", "out"), 0o755)).To(Succeed())
		Expect(os.WriteFile(filepath.Join("..", "..", "reports", "out", "soak.txt"), []byte(told+"\n"), 0o644)).To(Succeed())
		Expect(seen.flaky()).To(BeZero(), told)
	}, SpecTimeout(12*time.Hour))
})

// soakRuns is how many runs there are, twenty unless a setting says otherwise.
func soakRuns() int {
	GinkgoHelper()
	if settings.Soak.Get() == "" {
		return 20
	}
	runs, err := strconv.Atoi(settings.Soak.Get())
	Expect(err).NotTo(HaveOccurred(), "%s is a number of runs", settings.Soak.Name)
	Expect(runs).To(BeNumerically(">", 1), "%s: one run has nothing to be compared with", settings.Soak.Name)
	return runs
}

// soak is what the runs so far came to.
type soak []soaked

type soaked struct {
	name    string
	claims  map[string]result.Claim
	trouble []string // where it departs from the run before all others
}

// add compares a run with the first one, and with the catalogue.
func (s *soak) add(name string, o outcome) {
	run := soaked{name: name, claims: o.claims}
	if len(o.claims) == 0 {
		run.trouble = append(run.trouble, "it left no verdicts")
	}
	for _, id := range slices.Sorted(maps.Keys(o.claims)) {
		claim, first := o.claims[id], o.claims[id]
		if len(*s) > 0 {
			first = (*s)[0].claims[id]
		}
		if claim.Surprising() || claim.Verdict != first.Verdict {
			run.trouble = append(run.trouble, fmt.Sprintf("%s: %s (at first %s, catalogued %s) %s", id, claim.Verdict, first.Verdict, claim.Expected, claim.Reason))
		}
	}
	for _, spec := range o.specs {
		if spec.Failed() {
			run.trouble = append(run.trouble, fmt.Sprintf("failed: %s: %s", spec.FullText(), strings.TrimSpace(spec.FailureMessage())))
		}
	}
	*s = append(*s, run)
}

// last tells of the run added last.
func (s soak) last() string {
	run := s[len(s)-1]
	if len(run.trouble) == 0 {
		return fmt.Sprintf("%d verdicts as before", len(run.claims))
	}
	return strings.Join(run.trouble, "\n  ")
}

// flaky is in how many runs something differed.
func (s soak) flaky() (count int) {
	for _, run := range s {
		if len(run.trouble) > 0 {
			count++
		}
	}
	return count
}

// told is the flake count, with what differed in which run.
func (s soak) told() string {
	text := fmt.Sprintf("Flakes: %d of %d runs.", s.flaky(), len(s))
	for _, run := range s {
		if len(run.trouble) > 0 {
			text += "\n" + run.name + "\n  " + strings.Join(run.trouble, "\n  ")
		}
	}
	return text
}
