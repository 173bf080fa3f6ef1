package files

import (
	"context"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// mechanism is where a file is kept, and who changes it and looks at it.
type mechanism struct {
	name          string
	mount         func(ctx context.Context, s *stage) sandbox.Option // nil for the container's own layer
	maker, looker side
}

// side is one of the programs that use a mechanism.
type side int

const (
	either side = iota // the maker or the looker, depending on the operation
	first              // the first process of the container
	second             // another container with the same mount, or another process where only one container can have it
	host               // this machine
)

var (
	layer     = &mechanism{"the container's own layer", nil, first, second}
	anonymous = &mechanism{"an anonymous volume", func(context.Context, *stage) sandbox.Option { return sandbox.Anonymous(root) }, first, second}
	named     = &mechanism{"a named volume", func(ctx context.Context, s *stage) sandbox.Option { return s.box.Volume(ctx).At(root) }, first, second}
	bind      = &mechanism{"a bind mount", bound, first, second}
	tmpfs     = &mechanism{"a tmpfs mount", func(context.Context, *stage) sandbox.Option { return sandbox.Tmpfs(root) }, first, second}

	// The other sides of a bind mount.
	hostMakes = &mechanism{"a bind mount, made by the host", bound, host, first}
	hostLooks = &mechanism{"a bind mount, seen by the host", bound, first, host}
	atOnce    = &mechanism{"a bind mount, used by both sides at once", bound, first, host}

	everywhere = []*mechanism{layer, anonymous, named, bind, tmpfs}
	bothSides  = []*mechanism{layer, anonymous, named, bind, tmpfs, hostMakes, hostLooks}
	shared     = []*mechanism{anonymous, named, bind}
)

// place labels the specs of a mechanism: whether it keeps its files on this machine or in the engine.
func (m *mechanism) place() Labels {
	if slices.Contains([]*mechanism{bind, hostMakes, hostLooks}, m) {
		return Label("on-the-host")
	}
	return Label("in-the-engine")
}

// root is the mechanism's directory in the container.
const root = "/data"

func bound(ctx context.Context, s *stage) sandbox.Option {
	GinkgoHelper()
	s.dir = s.box.Dir(ctx).WorldWritable()
	return s.dir.At(root)
}

// stage holds the programs that use a mechanism: one container, and a second one where two can share it.
type stage struct {
	*mechanism
	box      *sandbox.Box
	dir      *sandbox.Dir // nil without a bind mount
	one, two *sandbox.Container
	machine  *sandbox.Host
}

// set starts the containers of a mechanism.
func (m *mechanism) set(ctx SpecContext) *stage {
	GinkgoHelper()
	s := &stage{mechanism: m, box: sandbox.New(ctx)}
	s.machine = s.box.Host()
	if m.mount == nil {
		s.one = s.start(ctx)
		Expect(s.one.DoFiles(ctx, fileops.Mkdir(root, 0o755))).To(HaveEach(done))
		return s
	}
	s.one = s.start(ctx, m.mount(ctx, s))
	if slices.Contains(shared, m) {
		s.two = s.start(ctx, func(spec *engine.ContainerSpec) { spec.VolumesFrom = []string{s.one.ID} })
	}
	return s
}

// start starts a container with a file of its own. From then on its first process can do operations.
func (s *stage) start(ctx context.Context, options ...sandbox.Option) *sandbox.Container {
	GinkgoHelper()
	container := s.box.Start(ctx, options...)
	Expect(container.DoFiles(ctx, fileops.Write(own, inside))).To(HaveEach(done))
	return container
}

// own is a file of each container, and inside is its text.
const own, inside = "/holdfast-inside.txt", "inside the container"

// makeDirectory makes the directory of a cell.
func (s *stage) makeDirectory(ctx context.Context, name string) {
	GinkgoHelper()
	directory := path.Join(root, name)
	Expect(s.one.DoFiles(ctx, fileops.Mkdir(directory, 0o777), fileops.Chmod(directory, 0o777))).To(HaveEach(done))
}

// do does the steps in the directory of that name, each by its program, and returns their results.
func (s *stage) do(ctx context.Context, name string, steps []step) (results []fileops.Result) {
	GinkgoHelper()
	for begin, end := 0, 0; begin < len(steps); begin = end {
		who := s.program(steps[begin])
		var operations []fileops.Operation
		for end = begin; end < len(steps) && s.program(steps[end]) == who; end++ {
			operations = append(operations, in(s.directory(who, name), steps[end].do))
		}
		results = append(results, s.by(ctx, who, operations)...)
	}
	requireResources(results)
	return results
}

func (s *stage) by(ctx context.Context, who side, operations []fileops.Operation) []fileops.Result {
	GinkgoHelper()
	switch {
	case who == host:
		return s.machine.DoFiles(operations...)
	case who == second && s.two == nil:
		return s.one.ExecFiles(ctx, operations...)
	case who == second:
		return s.two.DoFiles(ctx, operations...)
	}
	return s.one.DoFiles(ctx, operations...)
}

// looks are the operations that change nothing.
var looks = map[string]bool{"read": true, "stat": true, "list": true, "readlink": true, "digest": true, "get-attribute": true, "list-loop": true, "await": true}

// program returns who does a step. What is open is the maker's.
func (s *stage) program(step step) side {
	switch {
	case step.who != either:
		return step.who
	case looks[step.do.Op] && step.do.Handle == "":
		return s.looker
	}
	return s.maker
}

// directory returns the path of a cell's directory for a program.
func (s *stage) directory(who side, name string) string {
	if who == host {
		return filepath.Join(s.dir.Path, name)
	}
	return path.Join(root, name)
}

// in puts the directory in place of @ in the paths of an operation.
func in(directory string, o fileops.Operation) fileops.Operation {
	o.Path = strings.Replace(o.Path, "@", directory, 1)
	o.To = strings.Replace(o.To, "@", directory, 1)
	branches := make([][]fileops.Operation, len(o.Branches))
	for i, branch := range o.Branches {
		for _, each := range branch {
			branches[i] = append(branches[i], in(directory, each))
		}
	}
	o.Branches = branches
	return o
}

// requireResources fails the spec where the machine ran out of something: that says nothing about a claim.
func requireResources(results []fileops.Result) {
	GinkgoHelper()
	for _, result := range results {
		Expect(result.Errno).NotTo(BeElementOf("ENOSPC", "EDQUOT", "ENOMEM", "EMFILE", "ENFILE"), result.String())
		for _, branch := range result.Branches {
			requireResources(branch)
		}
	}
}
