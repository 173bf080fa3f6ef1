// Package persistence is the heart of the suite: one table, mechanism x event
// -> fate, and one spec for each of its cells.
package persistence

import (
	"context"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/helpers/sandbox"

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

const (
	survives = result.Survives
	lost     = result.Lost
)

// table says what becomes of data that was written before the event, as the
// container that is there after the event sees it.
var table = []row{
	{event: stopAndStart, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: purged}},
	{event: restart, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: is(lost)}},
	{event: killAndStart, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: purged}},
	{event: pauseAndUnpause, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: is(survives)}},
	{event: replace, fates: fates{layer: vanishes, anonymous: is(lost), named: outlives, bind: is(survives), tmpfs: is(lost)}},
	{event: replaceWithVolumes, fates: fates{layer: is(lost), anonymous: is(lost), named: is(survives), bind: is(survives), tmpfs: is(lost)}},
	{event: removeSecondUser, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: is(survives)}},
	{event: pruneInUse, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: is(survives)}},
	{event: replaceAndPrune, fates: fates{layer: is(lost), anonymous: is(lost), named: namedAfterPrune, bind: is(survives), tmpfs: is(lost)}},
	{event: replaceAndPruneAll, fates: fates{layer: is(lost), anonymous: is(lost), named: is(lost), bind: is(survives), tmpfs: is(lost)}},
	{event: replaceAndPruneUnfiltered, fates: fates{layer: is(lost), anonymous: is(lost), named: namedAfterPrune, bind: is(survives), tmpfs: is(lost)}},
	{event: restartEngine, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: tmpfsAfterEngine}},
	{event: crashEngine, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: tmpfsAfterEngine}},

	{event: composeRestart, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: is(lost)}},
	{event: composeStopAndStart, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: is(lost)}},
	{event: composeKillAndUp, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: is(lost)}},
	{event: composeDownAndUp, fates: fates{layer: is(lost), anonymous: is(lost), named: is(survives), bind: is(survives), tmpfs: is(lost)}},
	{event: composeDownVolumesAndUp, fates: fates{layer: is(lost), anonymous: is(lost), named: is(lost), bind: is(survives), tmpfs: is(lost)}},
	// A recreated container inherits the anonymous volumes of the one before it.
	{event: composeNewConfiguration, fates: fates{layer: is(lost), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: is(lost)}},
	{event: composeRecreate, fates: fates{layer: is(lost), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: is(lost)}},
	{event: composeRenew, fates: fates{layer: is(lost), anonymous: is(lost), named: is(survives), bind: is(survives), tmpfs: is(lost)}},
	// Unless it is told yes, Compose leaves a volume alone whose definition has changed.
	{event: composeNewVolume, fates: fates{layer: is(survives), anonymous: is(survives), named: is(survives), bind: is(survives), tmpfs: is(survives)}},
	{event: composeNewVolumeYes, fates: fates{layer: is(lost), anonymous: is(lost), named: is(lost), bind: is(survives), tmpfs: is(lost)}},
}

var (
	// The cells that the lesson itself speaks of.
	vanishes = is(lost).states("ephemeral/everything-inside-vanishes", "ephemeral/first-containers-data-gone")
	outlives = is(survives).states("volumes/survives-container-deletion", "mechanisms/volume-survives-deletion")
	purged   = is(lost).states("tmpfs/purged-when-the-container-stops", "mechanisms/tmpfs-purged")

	// Since API 1.42 (Docker 23.0) prune leaves named volumes alone unless it is told `all`.
	namedAfterPrune = is(survives).but("docker < 23.0 or podman < 6.0", lost)
	// Podman's containers do not end with its service.
	tmpfsAfterEngine = is(lost).but("podman", survives)
)

// engineEnd is the event that the engine ends in this way, and starts again.
func engineEnd(name string, deed func(*sandbox.Box, context.Context)) event {
	return event{name: name, engineWide: true, allowed: (*sandbox.Box).NeedsControl, ends: true,
		happen: func(ctx context.Context, s *stage) { s.outlive(ctx, deed) }}
}

// outlive lets the engine end and start, and notes what became of the running
// container before it is started again.
func (s *stage) outlive(ctx context.Context, deed func(*sandbox.Box, context.Context)) {
	GinkgoHelper()
	s.before = s.container.Inspect(ctx)
	deed(s.box, ctx)
	s.after = s.container.Inspect(ctx)
	s.container.Start(ctx)
}

// ending is the spec that the cells of an engine's end rest on: Docker's
// containers end with the engine, unless that keeps them alive (live-restore),
// and Podman's have a monitor of their own (conmon) each.
func (s *stage) ending() {
	GinkgoHelper()
	if s.box.Facts().Name == "podman" {
		Expect(s.after).To(And(HaveField("State", "running"), HaveField("StartedAt", s.before.StartedAt)))
		return
	}
	Expect(s.after).To(HaveField("State", "exited"))
}
