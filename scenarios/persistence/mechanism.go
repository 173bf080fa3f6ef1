package persistence

import (
	"context"
	"slices"

	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
)

// mechanism is where data is kept.
type mechanism struct {
	name, area string // area is the label of the scenarios about it
	folder     string // in the container
}

var (
	layer     = mechanism{"container layer", "ephemeral", "/app"}
	anonymous = mechanism{"anonymous volume", "volumes", "/anonymous"}
	named     = mechanism{"named volume", "volumes", "/named"}
	bind      = mechanism{"bind mount", "binds", "/bind"}
	tmpfs     = mechanism{"tmpfs", "tmpfs", "/tmpfs"}

	mechanisms = []mechanism{layer, anonymous, named, bind, tmpfs}
)

func (m mechanism) file() string { return m.folder + "/data.txt" }

// stage is a container that keeps data in all five ways at once, so that an
// event has to happen only once for a whole row of cells.
type stage struct {
	box       *sandbox.Box
	volume    *sandbox.Volume
	dir       *sandbox.Dir // nil where the engine does not see this machine's files
	container *sandbox.Container
	project   *compose.Project          // of a composed stage
	found     map[string]sandbox.Answer // by mechanism, once the event has happened

	before, after engine.Container // the event, where the engine itself ended in it
}

func set(ctx SpecContext) *stage {
	GinkgoHelper()
	s := &stage{box: sandbox.New(ctx)}
	s.volume = s.box.Volume(ctx)
	if s.box.Facts().SharesFiles {
		s.dir = s.box.Dir(ctx).WorldWritable()
	}
	s.start(ctx)
	s.write(ctx)
	return s
}

// write writes the data that the event is about.
func (s *stage) write(ctx context.Context) {
	GinkgoHelper()
	var deeds []probe.Command
	for _, m := range s.mounted() {
		deeds = append(deeds, probe.Write(m.file(), m.name))
	}
	s.container.ProbeEach(ctx, deeds...)
}

// mounted are the mechanisms that this stage can have.
func (s *stage) mounted() []mechanism {
	return slices.DeleteFunc(slices.Clone(mechanisms), func(m mechanism) bool { return m == bind && s.dir == nil })
}

// start starts a container with the same mounts as any before it.
func (s *stage) start(ctx context.Context) {
	GinkgoHelper()
	options := []sandbox.Option{
		sandbox.Anonymous(anonymous.folder), s.volume.At(named.folder), sandbox.Tmpfs(tmpfs.folder),
	}
	if s.dir != nil {
		options = append(options, s.dir.At(bind.folder))
	}
	s.container = s.box.Start(ctx, options...)
}

// fate asks the container that is there now what became of the data. All of it
// is asked for in one go, by the first cell of the row that runs.
func (s *stage) fate(ctx context.Context, m mechanism) string {
	GinkgoHelper()
	if s.found == nil {
		s.look(ctx)
	}
	answer := s.found[m.name]
	s.box.Did(evidence.Step{Did: "look for the data: " + answer.Command, Saw: answer.String()})
	switch {
	case answer.ExitCode == 0 && answer.Stdout == m.name:
		return survives
	case answer.ExitCode == int(probe.ENOENT):
		return lost
	default:
		return "neither kept nor lost: " + answer.String()
	}
}

func (s *stage) look(ctx context.Context) {
	GinkgoHelper()
	var questions []probe.Command
	for _, m := range s.mounted() {
		questions = append(questions, probe.Read(m.file()))
	}
	answers := s.container.ProbeEach(ctx, questions...)
	s.found = map[string]sandbox.Answer{}
	for i, m := range s.mounted() {
		s.found[m.name] = answers[i]
	}
}
