// Package persistence holds the table mechanism x event -> fate, with a spec for
// each cell.
package persistence

import (
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/result"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// row is an event and the fates of data in each mechanism.
type row struct {
	event event
	fates fates
}

// fates are in the order of mechanisms.
type fates [5]expectation

// expectation is a fate, the fate on other engines, and the claims that state it.
type expectation struct {
	fate       string
	elsewhere  string // on the engines of the constraint
	constraint string
	claims     []string
}

func is(fate string) expectation { return expectation{fate: fate} }

func (e expectation) but(constraint, fate string) expectation {
	e.constraint, e.elsewhere = constraint, fate
	return e
}

// states sets the claims that state the fate; other scenarios list them.
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
		if row.event.quick {
			decorators = append(decorators, Label("quick"))
		}
		Describe("after "+row.event.name, append(decorators, func() { row.cells(i) })...)
	}
})

// cells creates the specs of one row. The event happens once, before the first spec.
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
		It("belongs to a container that ends with the engine on Docker, and keeps running with live-restore and on Podman", func(SpecContext) { s.expectEnding() })
	}
	for i, m := range mechanisms {
		expected := r.fates[i]
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

const (
	survives = result.Survives
	lost     = result.Lost
)

// table says what becomes of data written before the event, for the container
// after the event: in its layer, an anonymous volume, a named volume, a bind mount
// and a tmpfs.
var table = []row{
	{stopAndStart, fates{kept, kept, kept, kept, purged}},
	{restart, fates{kept, kept, kept, kept, gone}},
	{killAndStart, fates{kept, kept, kept, kept, purged}},
	{pauseAndUnpause, fates{kept, kept, kept, kept, kept}},
	{replace, fates{vanishes, gone, outlives, kept, gone}},
	{replaceWithVolumes, fates{gone, gone, kept, kept, gone}},
	{removeSecondUser, fates{kept, kept, kept, kept, kept}},
	{pruneInUse, fates{kept, kept, kept, kept, kept}},
	{replaceAndPrune, fates{gone, gone, namedAfterPrune, kept, gone}},
	{replaceAndPruneAll, fates{gone, gone, gone, kept, gone}},
	{replaceAndPruneUnfiltered, fates{gone, gone, namedAfterPrune, kept, gone}},
	{restartEngine, fates{kept, kept, kept, kept, tmpfsAfterEngine}},
	{crashEngine, fates{kept, kept, kept, kept, tmpfsAfterEngine}},

	{composeRestart, fates{kept, kept, kept, kept, gone}},
	{composeStopAndStart, fates{kept, kept, kept, kept, gone}},
	{composeKillAndUp, fates{kept, kept, kept, kept, gone}},
	{composeDownAndUp, fates{gone, gone, kept, kept, gone}},
	{composeDownVolumesAndUp, fates{gone, gone, gone, kept, gone}},
	// A recreated container inherits the anonymous volumes of its predecessor.
	{composeNewConfiguration, fates{gone, kept, kept, kept, gone}},
	{composeRecreate, fates{gone, kept, kept, kept, gone}},
	{composeRenew, fates{gone, gone, kept, kept, gone}},
	// Compose keeps a volume whose definition has changed, unless -y confirms.
	{composeNewVolume, fates{kept, kept, kept, kept, kept}},
	{composeNewVolumeYes, fates{gone, gone, gone, kept, gone}},
}

var (
	kept, gone = is(survives), is(lost)

	// What the lesson states.
	vanishes = is(lost).states("ephemeral/everything-inside-vanishes", "ephemeral/first-containers-data-gone")
	outlives = is(survives).states("volumes/survives-container-deletion", "mechanisms/volume-survives-deletion")
	purged   = is(lost).states("tmpfs/purged-when-the-container-stops", "mechanisms/tmpfs-purged")

	// Since API 1.42 (Docker 23.0), prune keeps named volumes without `all`.
	namedAfterPrune = is(survives).but("docker < 23.0 or podman < 6.0", lost)
	// Podman's containers do not end with its API service, and those of live-restore not with the engine.
	tmpfsAfterEngine = is(lost).but("podman or liverestore", survives)
)
