package persistence

import (
	"context"

	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
)

// event is what happens to the container, to its volumes or to the engine.
type event struct {
	name   string
	happen func(ctx context.Context, s *stage)
	// engineWide events disturb everything on the engine: they run alone, and
	// only where that is allowed.
	engineWide bool
	allowed    func(*sandbox.Box)
	// ends tells that the engine itself ends in it, and another one starts.
	ends bool
	// composed events happen to a compose project, and Compose brings them about.
	composed bool
}

var (
	stopAndStart = event{name: "stop and start", happen: func(ctx context.Context, s *stage) {
		s.container.Stop(ctx).Start(ctx)
	}}
	restart = event{name: "restart", happen: func(ctx context.Context, s *stage) {
		s.container.Restart(ctx)
	}}
	killAndStart = event{name: "kill and start", happen: func(ctx context.Context, s *stage) {
		s.container.Kill(ctx).Start(ctx)
	}}
	pauseAndUnpause = event{name: "pause and unpause", happen: func(ctx context.Context, s *stage) {
		if s.box.Facts().NoCgroups {
			Skip("this engine runs containers without cgroups, and cannot pause them: without root it needs a host with cgroups of the second version")
		}
		s.container.Pause(ctx).Unpause(ctx)
	}}
	replace = event{name: "rm and a new container", happen: func(ctx context.Context, s *stage) {
		s.container.Stop(ctx).Remove(ctx)
		s.start(ctx)
	}}
	replaceWithVolumes = event{name: "rm -v and a new container", happen: func(ctx context.Context, s *stage) {
		s.container.Stop(ctx).RemoveWithVolumes(ctx)
		s.start(ctx)
	}}
	removeSecondUser = event{name: "rm -v of a second user", happen: func(ctx context.Context, s *stage) {
		s.box.Create(ctx, sandbox.VolumesFrom(s.container)).RemoveWithVolumes(ctx)
	}}
	pruneInUse = event{name: "prune --all while in use", happen: func(ctx context.Context, s *stage) {
		s.pruneAll(ctx)
	}}
	replaceAndPrune = event{name: "rm and prune", happen: func(ctx context.Context, s *stage) {
		s.container.Stop(ctx).Remove(ctx)
		s.box.PruneVolumes(ctx)
		s.start(ctx)
	}}
	replaceAndPruneAll = event{name: "rm and prune --all", happen: func(ctx context.Context, s *stage) {
		s.container.Stop(ctx).Remove(ctx)
		s.pruneAll(ctx)
		s.start(ctx)
	}}
	replaceAndPruneUnfiltered = event{name: "rm and unfiltered prune", engineWide: true,
		allowed: func(b *sandbox.Box) { b.NeedsDisposable("an unfiltered prune takes volumes that are not the suite's") },
		happen: func(ctx context.Context, s *stage) {
			s.container.Stop(ctx).Remove(ctx)
			s.box.PruneEverything(ctx)
			s.start(ctx)
		}}
	restartEngine = engineEnd("engine restart", (*sandbox.Box).RestartEngine)
	crashEngine   = engineEnd("engine kill -9 and start", (*sandbox.Box).CrashEngine)
)

// pruneAll prunes the sandbox's unused volumes, named ones too: with `all`
// where the engine knows the word, without it where prune takes them anyway.
func (s *stage) pruneAll(ctx context.Context) {
	GinkgoHelper()
	if s.box.Facts().PrunesNamedByDefault() {
		s.box.PruneVolumes(ctx)
		return
	}
	s.box.PruneVolumes(ctx, "all=true")
}
