// Package reload covers development with hot reload: a service that runs from the
// host's source, and restarts its server when that changes.
package reload

import (
	"io/fs"
	"strings"
	"testing/fstest"
	"time"

	"github.com/holdfast/holdfast/fixtures/projects"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/images"
	"github.com/holdfast/holdfast/helpers/lesson"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const python = "python:3.12-slim"

const (
	// service is the only service of the lesson's compose file.
	service = "api"
	// source is the service's program on the host; the compose file mounts ./src.
	source = "src/app.py"
	// complete is what Uvicorn logs just before it listens.
	complete = "Application startup complete"
)

// building bounds a spec that builds an image, including the downloads of pip.
const building = 10 * time.Minute

// The answers of the service before and after the lesson's edit.
const (
	hello   = `{"message": "Hello, developer!"}`
	updated = `{"message": "Updated message!"}`
)

// edit is the edited function, which the lesson prints without the rest of the file.
const edit = `@app.get("/")
def read_root():
    return {"message": "Updated message!"}
`

// lessons returns the lesson's own project.
func lessons(ctx SpecContext) (*sandbox.Box, *compose.Project) {
	GinkgoHelper()
	box := sandbox.New(ctx)
	return box, compose.FromFS(ctx, box, compose.Need(ctx, box), projects.Folder("pattern-3-hot-reload"))
}

// buildable returns the lesson's own project where its base image is available.
func buildable(ctx SpecContext) (*sandbox.Box, *compose.Project) {
	GinkgoHelper()
	box, p := lessons(ctx)
	images.Need(ctx, box, python)
	return box, p
}

// edited replaces the program's function by the lesson's edited one.
func edited(program string) string {
	GinkgoHelper()
	before, _, found := strings.Cut(program, "@app.get(")
	Expect(found).To(BeTrue(), "no function to replace in:\n%s", program)
	return before + edit
}

// printedBy returns the service's own lines of what `up` prints, on either stream, with
// each run of white space as one space.
func printedBy(answer sandbox.Answer) (all []string) {
	for line := range strings.Lines(answer.Stdout + answer.Stderr) {
		if strings.HasPrefix(line, service) && strings.Contains(line, "| ") {
			all = append(all, strings.Join(strings.Fields(line), " "))
		}
	}
	return all
}

var _ = Describe("The project that the lesson prints for hot reload", Label("reload", "compose", "python"), func() {
	It("builds from the printed files", claims.Decides("reload/printed-files"), func(ctx SpecContext) {
		_, p := printed(ctx, fstest.MapFS{"app.py": program()})

		build := p.Try(ctx, "build")

		claims.Holds(ctx, func(g Gomega) { g.Expect(build).To(ExitZero()) })
		Expect(build.Stderr + build.Stdout).To(ContainSubstring("requirements.txt"))
	}, SpecTimeout(building))

	It("finds no program where app.py is beside the other files", func(ctx SpecContext) {
		_, p := printed(ctx, fstest.MapFS{"app.py": program(), "requirements.txt": {Data: []byte(file("requirements.txt"))}})

		p.Up(ctx)

		Expect(p.AwaitLog(ctx, service, "Could not import module")).To(ContainSubstring(`Could not import module "app"`))
	}, SpecTimeout(building))

	It("runs from the files that the corrected lesson prints", claims.Corrects("reload/printed-files"), func(ctx SpecContext) {
		correction := claims.Correction(ctx)
		added, err := lesson.Parse("correction", []byte(correction+"\n```python\n"+file(source)+"```\n"))
		Expect(err).NotTo(HaveOccurred())
		files := fstest.MapFS{}
		for _, block := range added.Blocks {
			files[block.Name] = &fstest.MapFile{Data: []byte(block.Content)}
		}
		box, p := printed(ctx, files)

		claims.Corrected(ctx, func(g Gomega, _ string) {
			g.Expect(files).To(And(HaveKey("requirements.txt"), HaveKey(source)))
			g.Expect(p.Try(ctx, "up", "-d")).To(ExitZero())
			p.AwaitLog(ctx, service, complete)
			g.Eventually(ctx, box.Get).WithArguments(p.Port(ctx, service, 8000), "/").Within(soon).Should(MatchJSON(hello))
		})
	}, SpecTimeout(building))
})

// printed returns a project of the lesson's Dockerfile and compose file, and the given files.
func printed(ctx SpecContext, files fstest.MapFS) (*sandbox.Box, *compose.Project) {
	GinkgoHelper()
	box := sandbox.New(ctx)
	images.Need(ctx, box, python)
	for _, name := range []string{"Dockerfile", "docker-compose.yaml"} {
		files[name] = &fstest.MapFile{Data: []byte(file(name))}
	}
	return box, compose.FromFS(ctx, box, compose.Need(ctx, box), files)
}

func program() *fstest.MapFile {
	GinkgoHelper()
	return &fstest.MapFile{Data: []byte(file(source))}
}

// file reads a file of the lesson's project.
func file(name string) string {
	GinkgoHelper()
	data, err := fs.ReadFile(projects.Folder("pattern-3-hot-reload"), name)
	Expect(err).NotTo(HaveOccurred())
	return string(data)
}
