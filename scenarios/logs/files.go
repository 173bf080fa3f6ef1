package logs

import (
	"io/fs"
	"testing/fstest"

	"github.com/holdfast/holdfast/fixtures/projects"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The project that the lesson prints for logs", Label("logs", "compose"), func() {
	It("builds from the files that are printed", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := compose.FromFS(ctx, box, compose.Need(ctx, box), printed())

		build := p.Try(ctx, "build")

		claims.Get("logs/printed-files").Holds(func(g Gomega) {
			g.Expect(build).To(Work())
		})
		Expect(build.Stderr + build.Stdout).To(ContainSubstring("Dockerfile"))
	})

	It("has a compose file that is taken without a complaint", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := compose.FromFS(ctx, box, compose.Need(ctx, box), printed())

		config := p.Config(ctx)

		Expect(config).To(Work())
		claims.Get("logs/compose-file-version").Holds(func(g Gomega) {
			g.Expect(config.Stderr).NotTo(ContainSubstring("`version` is obsolete"))
		})
	})
})

// printed is the project with the lesson's own files and no others.
func printed() fs.FS {
	GinkgoHelper()
	files := fstest.MapFS{}
	for _, name := range []string{"docker-compose.yaml", "app.py"} {
		data, err := fs.ReadFile(projects.Folder("pattern-4-logs"), name)
		Expect(err).NotTo(HaveOccurred())
		files[name] = &fstest.MapFile{Data: data}
	}
	return files
}
