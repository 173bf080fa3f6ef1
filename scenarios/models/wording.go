package models

import (
	"strings"

	"github.com/holdfast/holdfast/fixtures/projects"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("docker compose up", Label("models", "compose"), func() {
	It("says what it creates, what it attaches to, and which service prints", claims.Decides(
		"models/says-creating", "models/says-attaching", "models/names-the-service",
	), claims.Corrects("models/says-creating", "models/names-the-service"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := project(ctx, box, listing)
		p.Create(ctx)
		load(ctx, p)
		p.Down(ctx)

		up := p.UpForeground(ctx, "")

		claims.Get(ctx, "models/says-creating").Holds(func(g Gomega) {
			g.Expect(up.Stdout + up.Stderr).To(MatchRegexp(`Creating \S+ \.\.\. done`))
		})
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(up.Stdout + up.Stderr).To(ContainSubstring("Attaching to " + p.Name + "_" + service + "_1"))
		})
		claims.Get(ctx, "models/names-the-service").Holds(func(g Gomega) {
			g.Expect(up.Stdout).To(MatchRegexp(`(?m)^` + service + `_1 +\| ` + file + `$`))
		})
		Expect(up.Stdout + up.Stderr).To(MatchRegexp(`Container ` + p.Name + `-` + service + `-1 +Created`))
		claims.Get(ctx, "models/says-creating").Corrected(func(g Gomega, text string) {
			g.Expect(lines(up.Stdout + up.Stderr)).To(ContainElement(text))
		})
		claims.Get(ctx, "models/names-the-service").Corrected(func(g Gomega, text string) {
			g.Expect(lines(up.Stdout)).To(ContainElement(text + " " + file))
		})
	})
})

var _ = Describe("The compose file of the embedding service", Label("models", "compose"), func() {
	It("publishes the service on the host's port 8000", claims.Decides("models/published-port"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := compose.FromFS(ctx, box, compose.Need(ctx, box), projects.Folder("pattern-1-models"))

		read, err := p.Model(ctx)

		Expect(err).NotTo(HaveOccurred())
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(read.Services[service].Ports).To(ConsistOf(And(HaveField("Published", "8000"), HaveField("Target", uint32(8000)))))
		})
	})
})

// lines are the lines of a text, less the white space at their ends.
func lines(text string) (all []string) {
	for line := range strings.Lines(text) {
		all = append(all, strings.TrimRight(line, " \r\n"))
	}
	return all
}
