// Package share has containers of the contract's specs that use the same files.
package share

import (
	"context"
	"strings"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Containers are running containers that share files by several mechanisms.
type Containers struct {
	All []*sandbox.Container
	// Places are directories that all of them have: of a named volume, of an anonymous one
	// and, if the engine sees this machine's files, of a bind mount.
	Places []string
	// Dir is the source of the bind mount, or nil.
	Dir *sandbox.Dir
}

// Start starts containers that share files. The options are those of each container.
func Start(ctx context.Context, box *sandbox.Box, count int, options ...sandbox.Option) *Containers {
	GinkgoHelper()
	shared := &Containers{Places: []string{"/named", "/anonymous"}}
	options = append(options, box.Volume(ctx).At("/named"))
	if box.Facts().SharesFiles {
		shared.Places, shared.Dir = append(shared.Places, "/bind"), box.Dir(ctx).WorldWritable()
		options = append(options, shared.Dir.At("/bind"))
	}
	anonymous := sandbox.Anonymous("/anonymous")
	for range count {
		container := attached(ctx, box.Start(ctx, append(options, anonymous)...))
		shared.All = append(shared.All, container)
		anonymous = func(spec *engine.ContainerSpec) { spec.VolumesFrom = []string{shared.All[0].ID} }
	}
	return shared
}

// Files returns a file of that name in each place.
func (c *Containers) Files(name string) (paths []string) {
	for _, place := range c.Places {
		paths = append(paths, place+"/"+name)
	}
	return paths
}

// Bind is the mount of a directory or file of this machine, as --mount does it.
func Bind(source *sandbox.Dir, target string) engine.Mount {
	return engine.Mount{Type: "bind", Source: source.Path, Target: target}
}

// Mounted starts a container with bind mounts. It returns nil if the engine does not have
// a source because it does not share this machine's files.
func Mounted(ctx context.Context, box *sandbox.Box, binds ...engine.Mount) (container *sandbox.Container) {
	GinkgoHelper()
	err := box.Try(func() { container = box.Start(ctx, func(spec *engine.ContainerSpec) { spec.Mounts = binds }) })
	if container != nil {
		return attached(ctx, container)
	}
	if err != nil && (box.Facts().SharesFiles || !strings.Contains(err.Error(), binds[0].Source)) {
		Fail(err.Error())
	}
	return container
}

// attached attaches to a container. What it opens then lasts as long as the node that
// started it, such as a BeforeAll.
func attached(ctx context.Context, container *sandbox.Container) *sandbox.Container {
	GinkgoHelper()
	container.DoFiles(ctx, fileops.Clock())
	return container
}

// BeDone matches the results of operations that all succeeded.
var BeDone = HaveEach(HaveField("Errno", ""))
