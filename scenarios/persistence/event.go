package persistence

import (
	"context"
	"strings"
	"testing/fstest"

	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// event is what happens to the container, to its volumes or to the engine.
type event struct {
	name   string
	happen func(ctx context.Context, s *stage)
	// engineWide events disturb the whole engine: they run alone, and only where
	// allowed does not skip the spec.
	engineWide bool
	allowed    func(*sandbox.Box)
	// ends is set where the engine itself ends and another one starts.
	ends bool
	// composed events happen to a Compose project, by Compose.
	composed bool
	// quick events are enough to see what becomes of data in each mechanism.
	quick bool
}

var (
	stopAndStart    = event{name: "stop and start", quick: true, happen: func(ctx context.Context, s *stage) { s.container.Stop(ctx).Start(ctx) }}
	restart         = event{name: "restart", happen: func(ctx context.Context, s *stage) { s.container.Restart(ctx) }}
	killAndStart    = event{name: "kill and start", happen: func(ctx context.Context, s *stage) { s.container.Kill(ctx).Start(ctx) }}
	pauseAndUnpause = event{name: "pause and unpause", happen: func(ctx context.Context, s *stage) {
		if s.box.Facts().NoCgroups {
			Skip("this engine runs containers without cgroups and cannot pause them: a rootless engine needs a host with cgroups v2")
		}
		s.container.Pause(ctx).Unpause(ctx)
	}}
	replace = event{name: "rm and a new container", quick: true, happen: func(ctx context.Context, s *stage) {
		s.container.Stop(ctx).Remove(ctx)
		s.start(ctx)
	}}
	replaceWithVolumes = event{name: "rm -v and a new container", happen: func(ctx context.Context, s *stage) {
		s.container.Stop(ctx).RemoveWithVolumes(ctx)
		s.start(ctx)
	}}
	removeSecondUser = event{name: "rm -v of a second user", happen: func(ctx context.Context, s *stage) {
		s.box.Create(ctx, func(spec *engine.ContainerSpec) { spec.VolumesFrom = []string{s.container.ID} }).RemoveWithVolumes(ctx)
	}}
	pruneInUse      = event{name: "prune --all while in use", happen: func(ctx context.Context, s *stage) { s.pruneAll(ctx) }}
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
		allowed: func(b *sandbox.Box) { b.NeedsDisposable("an unfiltered prune deletes the user's own volumes") },
		happen: func(ctx context.Context, s *stage) {
			s.container.Stop(ctx).Remove(ctx)
			s.box.PruneVolumes(ctx, sandbox.Unfiltered)
			s.start(ctx)
		}}
	restartEngine = engineEnd("engine restart", (*sandbox.Box).RestartEngine)
	crashEngine   = engineEnd("engine kill -9 and start", (*sandbox.Box).CrashEngine)
)

// pruneAll prunes the sandbox's unused volumes, including named ones: with `all` where
// the engine needs it.
func (s *stage) pruneAll(ctx context.Context) {
	GinkgoHelper()
	if s.box.Facts().PrunesNamedByDefault() {
		s.box.PruneVolumes(ctx)
		return
	}
	s.box.PruneVolumes(ctx, "all=true")
}

// service is the service of a composed stage.
const service = "app"

// project keeps data in all five mechanisms, like stage.start without Compose.
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

// bound is the mount that needs an engine with this machine's files.
const bound = "      - ./bind:/bind\n"

// compose prepares a stage whose container belongs to a Compose project.
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

// up runs `docker compose up -d`, after which the service may have another container.
func (s *stage) up(ctx context.Context, flags ...string) {
	GinkgoHelper()
	s.project.Up(ctx, flags...)
	s.container = s.project.Service(ctx, service)
}

// edit replaces text in the project's compose file.
func (s *stage) edit(from, to string) {
	GinkgoHelper()
	text := s.project.Dir.Read("compose.yaml").Stdout
	Expect(text).To(ContainSubstring(from))
	s.project.Dir.Write("compose.yaml", strings.Replace(text, from, to, 1))
}

var (
	composeRestart      = event{name: "compose restart", composed: true, happen: func(ctx context.Context, s *stage) { s.project.Restart(ctx) }}
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
		s.up(ctx) // Compose asks, and gets no answer
	}}
	composeNewVolumeYes = event{name: "compose up -y with a changed volume", composed: true, happen: func(ctx context.Context, s *stage) {
		if !strings.Contains(s.project.Do(ctx, "up", "--help").Stdout, "-y,") {
			Skip("this Compose keeps changed volumes without asking")
		}
		s.edit("purpose: first", "purpose: second")
		s.up(ctx, "-y")
	}}
)

// on prepares the stage of the event.
func (e event) on(ctx SpecContext) *stage {
	GinkgoHelper()
	if !e.composed {
		return newStage(ctx)
	}
	s := &stage{box: sandbox.New(ctx)}
	s.compose(ctx)
	s.write(ctx)
	return s
}

// engineEnd is an event in which the engine ends, by the operation, and starts again.
func engineEnd(name string, op func(*sandbox.Box, context.Context)) event {
	return event{name: name, engineWide: true, allowed: (*sandbox.Box).NeedsControl, ends: true,
		happen: func(ctx context.Context, s *stage) { s.endEngine(ctx, op) }}
}

// endEngine ends the engine, inspects what became of the running container, and
// starts it again.
func (s *stage) endEngine(ctx context.Context, op func(*sandbox.Box, context.Context)) {
	GinkgoHelper()
	s.before = s.container.Inspect(ctx)
	op(s.box, ctx)
	s.after = s.container.Inspect(ctx)
	s.container.Start(ctx)
}

// expectEnding asserts what the cells of an engine's end assume: Docker's containers
// end with the engine, unless it has live-restore, and each of Podman's has its own
// monitor (conmon).
func (s *stage) expectEnding() {
	GinkgoHelper()
	if s.box.Facts().Name == "podman" || s.box.Facts().LiveRestore {
		Expect(s.after).To(And(HaveField("State", "running"), HaveField("StartedAt", s.before.StartedAt)))
		return
	}
	Expect(s.after).To(HaveField("State", "exited"))
}
