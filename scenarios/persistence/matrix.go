// Package persistence is the heart of the suite: one table, mechanism x event
// -> fate, and one spec for each of its cells.
package persistence

import (
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/engine"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// row is one event and the fate that it brings to data of each mechanism.
type row struct {
	event event
	fates fates
}

type fates map[mechanism]expectation

// expectation is a fate, with the engines on which it is another, and the
// claims of the lesson that state it.
type expectation struct {
	fate       string
	elsewhere  string
	constraint string
	claims     []string
}

func is(fate string) expectation { return expectation{fate: fate} }

func (e expectation) but(constraint, fate string) expectation {
	e.constraint, e.elsewhere = constraint, fate
	return e
}

// states names the claims, of whichever scenarios, that say what this cell shows.
func (e expectation) states(ids ...string) expectation {
	e.claims = ids
	return e
}

func (e expectation) on(facts engine.Facts) string {
	if e.constraint == "" {
		return e.fate
	}
	constraint, err := claims.ParseConstraint(e.constraint)
	Expect(err).NotTo(HaveOccurred())
	if constraint.On(facts) {
		return e.elsewhere
	}
	return e.fate
}

var _ = Describe("Data", Label("persistence"), func() {
	for i, row := range table {
		decorators := []any{Ordered}
		if row.event.engineWide {
			decorators = append(decorators, Serial, Label("engine-wide"))
		}
		if row.event.composed {
			decorators = append(decorators, Label(compose.ToolLabel))
		}
		Describe("after "+row.event.name, append(decorators, func() { row.cells(i) })...)
	}
})

// cells makes the specs of one row. The event happens once, before the first of them.
func (r row) cells(number int) {
	var s *stage
	BeforeAll(func(ctx SpecContext) {
		s = r.event.on(ctx)
		if r.event.allowed != nil {
			r.event.allowed(s.box)
		}
		r.event.happen(ctx, s)
	})
	if r.event.ends {
		It("belongs to a container that has ended on Docker, and runs on undisturbed on Podman", func(SpecContext) { s.ending() })
	}
	for _, m := range mechanisms {
		expected := r.fates[m]
		It("in a "+m.name, Label(m.area), claims.CellLabels(number, m.name, r.event.name), claims.Decides(expected.claims...), func(ctx SpecContext) {
			if m == bind {
				s.box.NeedsSharedFiles()
			}
			wanted := expected.on(s.box.Facts())

			fate := s.fate(ctx, m)

			claims.ReportFate(wanted, fate)
			if len(expected.claims) > 0 {
				claims.Holds(ctx, func(g Gomega) { g.Expect(fate).To(Equal(expected.fate)) })
			}
			Expect(fate).To(Equal(wanted))
		})
	}
}
