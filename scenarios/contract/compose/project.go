// Package compose covers the contract's promises about the volumes and mounts of Compose
// projects, which the real Compose runs.
package compose

import (
	"context"
	"strings"
	"testing/fstest"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const (
	file = "compose.yaml"
	text = "kept"

	// app is the service of the projects.
	app = "app"
	// common is what SERVICE stands for in the files of the projects.
	common = "image: ${HOLDFAST_PROBE}\n    command: hold\n    network_mode: none"
)

// beDone succeeds if an operation succeeded, and beReadOnly if the file system refused it.
var (
	beDone     = HaveField("Errno", "")
	beReadOnly = HaveField("Errno", "EROFS")
)

// newProject makes a project of the texts of its files, in the order in which they are merged.
func newProject(ctx SpecContext, box *sandbox.Box, texts ...string) *compose.Project {
	GinkgoHelper()
	names := []string{file, "compose.override.yaml"}
	files := fstest.MapFS{}
	for i, text := range texts {
		files[names[i]] = &fstest.MapFile{Data: []byte(complete(text))}
	}
	return compose.FromFS(ctx, box, compose.Need(ctx, box), files)
}

// complete writes what the services have in common into a file of a project.
func complete(text string) string { return strings.ReplaceAll(text, "SERVICE", common) }

// start runs `docker compose up -d`, and returns the container of app.
func start(ctx SpecContext, p *compose.Project, flags ...string) *sandbox.Container {
	GinkgoHelper()
	p.Up(ctx, flags...)
	return p.Service(ctx, app)
}

// edit replaces texts of the project's file: old and new in turn.
func edit(p *compose.Project, texts ...string) {
	GinkgoHelper()
	before := p.Dir.Read(file).Stdout
	for i := 0; i < len(texts); i += 2 {
		Expect(before).To(ContainSubstring(texts[i]))
	}
	p.Dir.Write(file, strings.NewReplacer(texts...).Replace(before))
}

// mounted returns the name of the volume at a path of a container, or "".
func mounted(ctx context.Context, container *sandbox.Container, target string) string {
	GinkgoHelper()
	for _, mount := range container.Inspect(ctx).Mounts {
		if mount.Target == target {
			return mount.Name
		}
	}
	return ""
}

// hasVolume reports whether the engine has a volume.
func hasVolume(ctx context.Context, box *sandbox.Box, name string) bool {
	GinkgoHelper()
	_, err := box.Engine().InspectVolume(ctx, name)
	if !engine.IsNotFound(err) {
		Expect(err).NotTo(HaveOccurred())
	}
	return err == nil
}

// write writes the text into files of a container.
func write(ctx context.Context, container *sandbox.Container, paths ...string) {
	GinkgoHelper()
	var writes []fileops.Operation
	for _, path := range paths {
		writes = append(writes, fileops.Write(path, text))
	}
	Expect(container.ExecFiles(ctx, writes...)).To(HaveEach(beDone))
}
