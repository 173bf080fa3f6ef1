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
