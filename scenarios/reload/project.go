// Package reload is about development with hot reload: a service that runs
// from the host's source and starts itself anew when that changes.
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

var _ = Describe("The project that the lesson prints for hot reload", Label("reload", "compose", "python"), func() {
	It("builds from the files that are printed", claims.Decides("reload/printed-files"), func(ctx SpecContext) {
		_, p := printed(ctx, fstest.MapFS{"app.py": program()})

		build := p.Try(ctx, "build")

		claims.Holds(ctx, func(g Gomega) { g.Expect(build).To(ExitZero()) })
		Expect(build.Stderr + build.Stdout).To(ContainSubstring("requirements.txt"))
	}, SpecTimeout(building))

	It("finds no program where app.py stands beside the other files", func(ctx SpecContext) {
		_, p := printed(ctx, fstest.MapFS{"app.py": program(), "requirements.txt": {Data: []byte(file("requirements.txt"))}})

		p.Up(ctx)

		Expect(p.AwaitLog(ctx, service, "Could not import module")).To(ContainSubstring(`Could not import module "app"`))
	}, SpecTimeout(building))

	It("serves as corrected, from the files that are printed then", claims.Corrects("reload/printed-files"), func(ctx SpecContext) {
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

// printed is the project of the lesson's Dockerfile and compose file and the files given, and no others.
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

// file is one of the project's that comes with the suite.
func file(name string) string {
	GinkgoHelper()
	data, err := fs.ReadFile(projects.Folder("pattern-3-hot-reload"), name)
	Expect(err).NotTo(HaveOccurred())
	return string(data)
}
