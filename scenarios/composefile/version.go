// Package composefile checks what all the lesson's compose files have in common.
package composefile

import (
	"github.com/holdfast/holdfast/fixtures/projects"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const file = "docker-compose.yaml"

// versioned are the lesson's projects whose compose files begin with `version:`, by the claims about that line.
var versioned = []struct{ part, claim, project string }{
	{"logs", "logs/compose-file-version", "pattern-4-logs"},
	{"models", "models/compose-file-version", "pattern-1-models"},
	{"qdrant", "qdrant/version-line", "pattern-2-qdrant"},
	{"reload", "reload/version", "pattern-3-hot-reload"},
	{"sources", "sources/version", "binds-compose"},
}

var _ = Describe("The version line of a compose file", Label("compose"), func() {
	for _, v := range versioned {
		It("is accepted without a warning: "+v.part, claims.Decides(v.claim), Label(v.part), func(ctx SpecContext) {
			_, p := project(ctx, v.project)
			config := p.Config(ctx)

			claims.Holds(ctx, func(g Gomega) {
				g.Expect(config).To(ExitZero())
				g.Expect(config.Stderr).To(BeEmpty())
			})
		})

		It("means nothing, and its removal ends the warning: "+v.part, claims.Corrects(v.claim), Label(v.part), func(ctx SpecContext) {
			box, p := project(ctx, v.project)
			before := p.Config(ctx)
			if warns(box) {
				Expect(before.Stderr).To(ContainSubstring("`version` is obsolete"))
			}

			p.Dir.Write(file, claims.Correct(ctx, p.Dir.Read(file).Stdout))

			claims.Corrected(ctx, func(g Gomega, _ string) {
				after := p.Config(ctx)
				g.Expect(after).To(ExitZero())
				g.Expect(after.Stdout).To(Equal(before.Stdout))
				g.Expect(after.Stderr).To(BeEmpty())
			})
		})
	}
})

// project copies a project of the lesson.
func project(ctx SpecContext, name string) (*sandbox.Box, *compose.Project) {
	GinkgoHelper()
	box := sandbox.New(ctx)
	return box, compose.FromFS(ctx, box, compose.Need(ctx, box), projects.Folder(name))
}

// warns reports whether the Compose under test warns about the line, as it does since 2.25.
func warns(box *sandbox.Box) bool {
	GinkgoHelper()
	warns, err := claims.ParseConstraint("compose >= 2.25")
	Expect(err).NotTo(HaveOccurred())
	return warns.On(box.Facts())
}
