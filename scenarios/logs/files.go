package logs

import (
	"io/fs"
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

var _ = Describe("The project that the lesson prints for logs", Label("logs", "compose"), func() {
	It("builds from the files that are printed", claims.Decides("logs/printed-files"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := compose.FromFS(ctx, box, compose.Need(ctx, box), printed())

		build := p.Try(ctx, "build")

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(build).To(ExitZero())
		})
		Expect(build.Stderr + build.Stdout).To(ContainSubstring("Dockerfile"))
	})
})

var _ = Describe("The project that the corrected lesson prints for logs", Label("logs", "compose", "python"), func() {
	It("is all that it takes", claims.Corrects("logs/printed-files"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		images.Need(ctx, box, "python:3.12-slim")
		files, correction := printed(), claims.Correction(ctx)
		added, err := lesson.Parse("correction", []byte(correction))
		Expect(err).NotTo(HaveOccurred())
		for _, block := range added.Blocks {
			files[block.Name] = &fstest.MapFile{Data: []byte(block.Content)}
		}
		p := compose.FromFS(ctx, box, compose.Need(ctx, box), files)

		claims.Corrected(ctx, func(g Gomega, _ string) {
			g.Expect(correction).To(HaveSuffix("**File: docker-compose.yaml**"), "the compose file follows")
			g.Expect(p.Try(ctx, "up", "-d")).To(ExitZero())
			p.AwaitEnd(ctx, service)
			g.Expect(times(g, p)).To(HaveLen(1))
		})
	}, SpecTimeout(5*time.Minute))
})

const composeFile = "docker-compose.yaml"

// printed is the project with the lesson's own files and no others.
func printed() fstest.MapFS {
	GinkgoHelper()
	files := fstest.MapFS{}
	for _, name := range []string{composeFile, "app.py"} {
		data, err := fs.ReadFile(projects.Folder("pattern-4-logs"), name)
		Expect(err).NotTo(HaveOccurred())
		files[name] = &fstest.MapFile{Data: data}
	}
	return files
}
