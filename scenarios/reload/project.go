// Package reload is about development with hot reload: a service that runs
// from the host's source and starts itself anew when that changes.
package reload

import (
	"strings"
	"time"

	"github.com/holdfast/holdfast/fixtures/projects"
	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/images"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const python = "python:3.12-slim"

const (
	// service is the only one of the lesson's compose file.
	service = "api"
	// source is the service's program on the host: the compose file mounts ./src.
	source = "src/app.py"
	// complete is what Uvicorn logs just before it answers: it listens a moment later.
	complete = "Application startup complete"
)

// building bounds a spec that builds, with what pip then downloads.
const building = 10 * time.Minute

// What the service answers, before and after the lesson's edit.
const (
	hello   = `{"message": "Hello, developer!"}`
	updated = `{"message": "Updated message!"}`
)

// edit is what the lesson prints for it: the function alone.
const edit = `@app.get("/")
def read_root():
    return {"message": "Updated message!"}
`

// lessons is the lesson's own project.
func lessons(ctx SpecContext) (*sandbox.Box, *compose.Project) {
	GinkgoHelper()
	box := sandbox.New(ctx)
	return box, compose.FromFS(ctx, box, compose.Need(ctx, box), projects.Folder("pattern-3-hot-reload"))
}

// buildable is lessons where there is an image to build from.
func buildable(ctx SpecContext) (*sandbox.Box, *compose.Project) {
	GinkgoHelper()
	box, p := lessons(ctx)
	images.Need(ctx, box, python)
	return box, p
}

// edited is the program with the lesson's function in place of the one of that name.
func edited(program string) string {
	GinkgoHelper()
	before, _, found := strings.Cut(program, "@app.get(")
	Expect(found).To(BeTrue(), "no function to replace in:\n%s", program)
	return before + edit
}

// said are the service's own lines of what `up` prints, each run of white space
// in them as one space. What a container writes to stderr, `up` does too.
func said(answer sandbox.Answer) (all []string) {
	for line := range strings.Lines(answer.Stdout + answer.Stderr) {
		if strings.HasPrefix(line, service) && strings.Contains(line, "| ") {
			all = append(all, strings.Join(strings.Fields(line), " "))
		}
	}
	return all
}
