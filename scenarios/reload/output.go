package reload

import (
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("docker-compose up of a service with hot reload", Label("reload", "compose", "python"), func() {
	It("prints that the server runs, then that the application is up", claims.Decides(
		"reload/up", "reload/prints-startup-complete", "reload/prints-that-uvicorn-runs",
	), claims.Corrects("reload/prints-that-uvicorn-runs"), func(ctx SpecContext) {
		_, p := buildable(ctx)

		answer := p.TryUpForeground(ctx, complete)

		printed := said(answer)
		const running, up = "api-1 | INFO: Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)", "api-1 | INFO: Application startup complete."
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(printed).To(ContainElement(MatchRegexp(`INFO: Application startup complete\.?$`)))
		})
		claims.Get(ctx, "reload/prints-that-uvicorn-runs").Holds(func(g Gomega) {
			g.Expect(printed).To(ContainElement(HaveSuffix("INFO: Uvicorn running on 0.0.0.0:8000")))
		})
		claims.Corrected(ctx, func(g Gomega, text string) {
			for line := range strings.Lines(text) {
				g.Expect(answer.Stdout + answer.Stderr).To(ContainSubstring(line))
			}
		})
		Expect(printed).To(ContainElements(running, up))
		Expect(slices.Index(printed, running)).To(BeNumerically("<", slices.Index(printed, up)), "the reloader opens the port before it starts the application")
	}, SpecTimeout(building))
})

var _ = Describe("The compose file of a service with hot reload", Label("reload", "compose"), func() {
	It("is read without a complaint", claims.Decides("reload/version"), func(ctx SpecContext) {
		_, p := lessons(ctx)

		claims.Holds(ctx, func(g Gomega) {
			answer := p.Config(ctx)
			g.Expect(answer).To(ExitZero())
			g.Expect(answer.Stderr).To(BeEmpty())
		})
	})

	It("means the same without its version, and is complained about no more", claims.Corrects("reload/version"), func(ctx SpecContext) {
		_, p := lessons(ctx)
		before := p.Config(ctx)

		p.Dir.Write("docker-compose.yaml", claims.Correct(ctx, p.Dir.Read("docker-compose.yaml").Stdout))

		claims.Corrected(ctx, func(g Gomega, _ string) {
			after := p.Config(ctx)
			g.Expect(after).To(ExitZero())
			g.Expect(after.Stdout).To(Equal(before.Stdout))
			g.Expect(after.Stderr).To(BeEmpty())
		})
	})
})
