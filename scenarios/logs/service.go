package logs

import (
	"io/fs"
	"regexp"
	"slices"
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

// entry matches a line of the lesson's output at any time.
var entry = regexp.MustCompile(`^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) - INFO - Service started$`)

var _ = Describe("The service that logs", Label("logs", "compose", "python"), func() {
	It("writes one line in the lesson's format per run", claims.Decides(
		"logs/up-writes", "logs/program", "logs/compose-file", "logs/up-appends", "logs/cat", "logs/two-lines", "logs/one-file",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		images.Need(ctx, box, "python:3.12-slim")
		p := compose.FromFS(ctx, box, compose.Need(ctx, box), projects.Folder("pattern-4-logs"))

		p.UpForeground(ctx, "")

		claims.Get(ctx, "logs/up-writes", "logs/program").Holds(func(g Gomega) { g.Expect(times(g, p)).To(HaveLen(1)) })
		first := p.Dir.Read(hostLog).Stdout

		p.Down(ctx)
		p.UpForeground(ctx, "")

		claims.Get(ctx, "logs/compose-file", "logs/up-appends", "logs/cat", "logs/two-lines").Holds(func(g Gomega) {
			g.Expect(p.Dir.Read(hostLog).Stdout).To(HavePrefix(first))
			g.Expect(times(g, p)).To(And(HaveLen(2), Satisfy(slices.IsSorted[[]string])))
		})

		p.Down(ctx)
		p.UpForeground(ctx, "")

		claims.Get(ctx, "logs/one-file").Holds(func(g Gomega) {
			g.Expect(times(g, p)).To(And(HaveLen(3), Satisfy(slices.IsSorted[[]string])))
		})
	}, SpecTimeout(5*time.Minute))
})

// times returns the times of the log's lines, which must have the lesson's format.
func times(g Gomega, p *compose.Project) (all []string) {
	GinkgoHelper()
	for line := range strings.Lines(p.Dir.Read(hostLog).Stdout) {
		found := entry.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		g.Expect(found).NotTo(BeNil(), "the line %q", line)
		all = append(all, found[1])
	}
	return all
}

var _ = Describe("The project that the lesson prints for logs", Label("logs", "compose"), func() {
	It("builds from the printed files", claims.Decides("logs/printed-files"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := compose.FromFS(ctx, box, compose.Need(ctx, box), printed())

		build := p.Try(ctx, "build")

		claims.Holds(ctx, func(g Gomega) { g.Expect(build).To(ExitZero()) })
		Expect(build.Stderr + build.Stdout).To(ContainSubstring("Dockerfile"))
	})
})

var _ = Describe("The project that the corrected lesson prints for logs", Label("logs", "compose", "python"), func() {
	It("runs from the printed files alone", claims.Corrects("logs/printed-files"), func(ctx SpecContext) {
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

// printed returns the project with only the files that the lesson prints.
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
