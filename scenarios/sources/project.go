// Package sources covers bind mounts in a compose file: a project's source code and
// data, shared between the host and a running service.
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

// service is the only service of the lesson's compose file.
const service = "app"

// lessons returns the lesson's compose file with the probe as the service: the lesson
// prints neither a Dockerfile nor a program here.
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

// serving returns lessons with a service that serves its source on the published port.
func serving(ctx SpecContext) (*sandbox.Box, *compose.Project) {
	GinkgoHelper()
	return lessons(ctx, `["serve", "8000", "/app/src"]`)
}

// await waits until the service answers with the text, since a container is up before
// its program listens. It returns the published port.
func await(ctx SpecContext, box *sandbox.Box, p *compose.Project, service string, port int, path, text string) string {
	GinkgoHelper()
	published := p.Port(ctx, service, port)
	Eventually(ctx, box.Get).WithArguments(published, path).Within(soon).ProbeEvery(100 * time.Millisecond).Should(Equal(text))
	return published
}

// genuine returns the lesson's compose file with a Python service.
func genuine(ctx SpecContext) (*sandbox.Box, *compose.Project) {
	GinkgoHelper()
	box := sandbox.New(ctx)
	images.Need(ctx, box, python)
	return box, compose.FromFS(ctx, box, compose.Need(ctx, box), projects.Folder("binds-compose"))
}
