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
	name, area string // area is the label of its scenarios
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

// stage is a container with data in all five mechanisms, so that an event has to
// happen only once for a row of cells.
type stage struct {
	box       *sandbox.Box
	volume    *sandbox.Volume
	dir       *sandbox.Dir // nil where the engine does not share this machine's files
	container *sandbox.Container
	project   *compose.Project          // of a composed stage
	found     map[string]sandbox.Answer // by mechanism, after the event

	before, after engine.Container // an event in which the engine ended
}

// newStage starts a container and writes the data.
func newStage(ctx SpecContext) *stage {
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

// write writes the data.
func (s *stage) write(ctx context.Context) {
	GinkgoHelper()
	var writes []probe.Command
	for _, m := range s.mounted() {
		writes = append(writes, probe.Write(m.file(), m.name))
	}
	s.container.ProbeEach(ctx, writes...)
}

// mounted returns the mechanisms that the engine can mount.
func (s *stage) mounted() []mechanism {
	return slices.DeleteFunc(slices.Clone(mechanisms), func(m mechanism) bool { return m == bind && s.dir == nil })
}

// start starts a container with the same mounts as its predecessor.
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

// fate returns what became of the data of a mechanism. The first cell of the row
// reads all of the data at once.
func (s *stage) fate(ctx context.Context, m mechanism) string {
	GinkgoHelper()
	if s.found == nil {
		s.look(ctx)
	}
	answer := s.found[m.name]
	s.box.Did(evidence.Step{Did: "API: " + answer.Command, Saw: answer.String()})
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
	var reads []probe.Command
	for _, m := range s.mounted() {
		reads = append(reads, probe.Read(m.file()))
	}
	answers := s.container.ProbeEach(ctx, reads...)
	s.found = map[string]sandbox.Answer{}
	for i, m := range s.mounted() {
		s.found[m.name] = answers[i]
	}
}
