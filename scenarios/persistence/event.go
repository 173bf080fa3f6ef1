package persistence

import (
	"context"
	"strings"
	"testing/fstest"

	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
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

// service is the one service of a composed stage.
const service = "app"

// project keeps data in all five ways, as stage.start does without Compose.
const project = `services:
  app:
    image: ${HOLDFAST_PROBE}
    command: hold
    network_mode: none
    volumes:
      - /anonymous
      - named:/named
` + bound + `    tmpfs:
      - /tmpfs
volumes:
  named:
    labels: {purpose: first}
`

// bound is what only an engine that sees this machine's files can mount.
const bound = "      - ./bind:/bind\n"

// compose prepares a stage whose container is a service's of a compose project.
func (s *stage) compose(ctx context.Context) {
	GinkgoHelper()
	text := project
	if !s.box.Facts().SharesFiles {
		text = strings.Replace(project, bound, "", 1)
	}
	s.project = compose.FromFS(ctx, s.box, compose.Need(ctx, s.box), fstest.MapFS{"compose.yaml": {Data: []byte(text)}})
	if s.box.Facts().SharesFiles {
		s.dir = s.project.Dir.Mkdir("bind").WorldWritable()
	}
	s.up(ctx)
}

// up is `docker compose up -d`; the service's container may be another one afterwards.
func (s *stage) up(ctx context.Context, flags ...string) {
	GinkgoHelper()
	s.project.Up(ctx, flags...)
	s.container = s.project.Service(ctx, service)
}

// edit changes the project's file.
func (s *stage) edit(from, to string) {
	GinkgoHelper()
	text := s.project.Dir.Read("compose.yaml").Stdout
	Expect(text).To(ContainSubstring(from))
	s.project.Dir.Write("compose.yaml", strings.Replace(text, from, to, 1))
}

var (
	composeRestart = event{name: "compose restart", composed: true, happen: func(ctx context.Context, s *stage) {
		s.project.Restart(ctx)
	}}
	composeStopAndStart = event{name: "compose stop and start", composed: true, happen: func(ctx context.Context, s *stage) {
		s.project.Stop(ctx)
		s.project.Start(ctx)
	}}
	composeKillAndUp = event{name: "compose kill and up", composed: true, happen: func(ctx context.Context, s *stage) {
		s.project.Kill(ctx)
		s.up(ctx)
	}}
	composeDownAndUp = event{name: "compose down and up", composed: true, happen: func(ctx context.Context, s *stage) {
		s.project.Down(ctx)
		s.up(ctx)
	}}
	composeDownVolumesAndUp = event{name: "compose down -v and up", composed: true, happen: func(ctx context.Context, s *stage) {
		s.project.DownVolumes(ctx)
		s.up(ctx)
	}}
	composeNewConfiguration = event{name: "compose up with a changed service", composed: true, happen: func(ctx context.Context, s *stage) {
		s.edit("command: hold", "command: hold\n    environment: [\"RELEASE=2\"]")
		s.up(ctx)
	}}
	composeRecreate = event{name: "compose up --force-recreate", composed: true, happen: func(ctx context.Context, s *stage) {
		s.up(ctx, "--force-recreate")
	}}
	composeRenew = event{name: "compose up --force-recreate -V", composed: true, happen: func(ctx context.Context, s *stage) {
		s.up(ctx, "--force-recreate", "-V")
	}}
	composeNewVolume = event{name: "compose up with a changed volume", composed: true, happen: func(ctx context.Context, s *stage) {
		s.edit("purpose: first", "purpose: second")
		s.up(ctx) // Compose asks, and nobody answers
	}}
	composeNewVolumeYes = event{name: "compose up -y with a changed volume", composed: true, happen: func(ctx context.Context, s *stage) {
		if !strings.Contains(s.project.Do(ctx, "up", "--help").Stdout, "-y,") {
			Skip("this Compose does not ask about changed volumes, and keeps them")
		}
		s.edit("purpose: first", "purpose: second")
		s.up(ctx, "-y")
	}}
)

// on prepares the stage that the event needs.
func (e event) on(ctx SpecContext) *stage {
	GinkgoHelper()
	if !e.composed {
		return set(ctx)
	}
	s := &stage{box: sandbox.New(ctx)}
	s.compose(ctx)
	s.write(ctx)
	return s
}
