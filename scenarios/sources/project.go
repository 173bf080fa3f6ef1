// Package sources is about bind mounts in a compose file: a project's source
// code and data, shared between the host and a running service.
package sources

import (
	"io/fs"
	"testing/fstest"
	"time"

	"github.com/holdfast/holdfast/fixtures/projects"
	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/images"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const python = "python:3.12-slim"

// service is the only one of the lesson's compose file.
const service = "app"

// lessons is the lesson's own compose file with a service whose image is the
// probe's: the lesson prints neither a Dockerfile nor a program here.
func lessons(ctx SpecContext, command string) (*sandbox.Box, *compose.Project) {
	GinkgoHelper()
	box := sandbox.New(ctx)
	file, err := fs.ReadFile(projects.Folder("binds-compose"), "docker-compose.yaml")
	Expect(err).NotTo(HaveOccurred())
	return box, compose.FromFS(ctx, box, compose.Need(ctx, box), fstest.MapFS{
		"docker-compose.yaml": {Data: file},
		"Dockerfile":          {Data: []byte("FROM " + box.ProbeImage() + "\nCMD " + command + "\n")},
		"src/main.txt":        {Data: []byte("first\n")},
	})
}

// serving is lessons with a service that serves its source on the port of the file.
func serving(ctx SpecContext) (*sandbox.Box, *compose.Project) {
	GinkgoHelper()
	return lessons(ctx, `["serve", "8000", "/app/src"]`)
}

// await waits until the service's port answers with the text, and returns the
// port: a container is up before the program in it listens.
func await(ctx SpecContext, box *sandbox.Box, p *compose.Project, service string, port int, path, text string) string {
	GinkgoHelper()
	published := p.Port(ctx, service, port)
	Eventually(ctx, box.Get).WithArguments(published, path).Within(soon).ProbeEvery(100 * time.Millisecond).Should(Equal(text))
	return published
}

// genuine is the lesson's own compose file with a Python service.
func genuine(ctx SpecContext) (*sandbox.Box, *compose.Project) {
	GinkgoHelper()
	box := sandbox.New(ctx)
	images.Need(ctx, box, python)
	return box, compose.FromFS(ctx, box, compose.Need(ctx, box), projects.Folder("binds-compose"))
}
