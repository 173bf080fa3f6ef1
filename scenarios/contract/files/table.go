// Package files covers the contract's promises about files. Its specs are cells of tables: a promise
// (steps with their outcomes) x where the file is kept. A mechanism has one container for all of its
// cells, and a second one where two containers can share it.
package files

import (
	"slices"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
)

// row is a promise, and the mechanisms that keep it.
type row struct {
	claim  string // without the area
	does   string // completes "a file in MECHANISM ..."
	in     []*mechanism
	steps  []step
	also   func(g Gomega, results []fileops.Result) // what concerns more than one result, nil for nothing
	except []exception
	tries  int // of which one must have the outcomes, 0 for one
}

// step is one operation and its outcome. In its paths, @ is the cell's directory.
type step struct {
	do      fileops.Operation
	outcome types.GomegaMatcher
	who     side
}

// exception is what engines do that do not keep a promise, as their deviation says.
type exception struct {
	on       string // the constraint of the deviation
	in       []*mechanism
	outcomes outcomes
}

// onSSHFS is what a bind mount does whose files come through sshfs.
func onSSHFS(outcomes outcomes, in ...*mechanism) exception {
	if in == nil {
		in = []*mechanism{bind}
	}
	return exception{on: "sshfs", in: in, outcomes: outcomes}
}

// outcomes are those of steps, by their number from 0; the others are as promised.
type outcomes map[int]types.GomegaMatcher

var tables = slices.Concat(contents, names, links, rights, sizes, times, special)

var _ = Describe("Files", func() {
	for _, m := range bothSides {
		Describe("in "+m.name, Ordered, ContinueOnFailure, m.place(), func() {
			var s *stage
			BeforeAll(func(ctx SpecContext) { s = m.set(ctx) })
			for _, row := range tables {
				if slices.Contains(row.in, m) {
					It(row.does, claims.Decides("contract-files/"+row.claim), func(ctx SpecContext) { row.decide(ctx, s) })
				}
			}
		})
	}
})

// exceptions returns those of a claim.
func exceptions(claim string) []exception {
	at := slices.IndexFunc(tables, func(r row) bool { return r.claim == claim })
	return tables[at].except
}

// decide does the steps of a row and decides its claim.
func (r row) decide(ctx SpecContext, s *stage) {
	GinkgoHelper()
	s.makeDirectory(ctx, r.claim)

	results := s.do(ctx, r.claim, r.steps)
	for try := 1; try < r.tries && !r.kept(results); try++ {
		results = s.do(ctx, r.claim, r.steps)
	}

	judge(ctx, s, r.except, func(g Gomega, others outcomes) { r.expect(g, results, others) })
}

// judge decides the spec's claim. Where the claim does not hold on this engine, it also asserts the
// outcomes there. Where only other mechanisms contradict it, this one has to be as promised.
func judge(ctx SpecContext, s *stage, except []exception, expect func(g Gomega, others outcomes)) {
	GinkgoHelper()
	except = slices.DeleteFunc(slices.Clone(except), func(e exception) bool { return !e.concerns(s.box.Facts()) })
	here := slices.IndexFunc(except, func(e exception) bool { return slices.Contains(e.in, s.mechanism) })
	if len(except) == 0 || here >= 0 {
		claims.Holds(ctx, func(g Gomega) { expect(g, nil) })
	}
	switch {
	case here >= 0:
		expect(Default, except[here].outcomes)
	case len(except) > 0:
		expect(Default, nil)
	}
}

// concerns reports whether an engine has the deviation.
func (e exception) concerns(facts engine.Facts) bool {
	constraint, err := claims.ParseConstraint(e.on)
	Expect(err).NotTo(HaveOccurred())
	return constraint.On(facts)
}

// kept reports whether the results are as promised.
func (r row) kept(results []fileops.Result) bool {
	kept := true
	r.expect(NewGomega(func(string, ...int) { kept = false }), results, nil)
	return kept
}

// expect asserts the outcomes of the steps, with others in place of some.
func (r row) expect(g Gomega, results []fileops.Result, others outcomes) {
	GinkgoHelper()
	for i, result := range results {
		outcome := r.steps[i].outcome
		if other := others[i]; other != nil {
			outcome = other
		}
		g.Expect(result).To(outcome, "step %d: %s", i, r.steps[i].do)
	}
	if r.also != nil && others == nil {
		r.also(g, results)
	}
}
