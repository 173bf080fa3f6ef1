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
	It("prints that the server runs, then that the application is up", func(ctx SpecContext) {
		_, p := buildable(ctx)

		answer := p.TryUpForeground(ctx, complete)

		printed := said(answer)
		const running, up = "api-1 | INFO: Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)", "api-1 | INFO: Application startup complete."
		claims.Get("reload/up", "reload/prints-startup-complete").Holds(func(g Gomega) {
			g.Expect(printed).To(ContainElement(MatchRegexp(`INFO: Application startup complete\.?$`)))
		})
		claims.Get("reload/prints-that-uvicorn-runs").Holds(func(g Gomega) {
			g.Expect(printed).To(ContainElement(HaveSuffix("INFO: Uvicorn running on 0.0.0.0:8000")))
		})
		claims.Get("reload/prints-that-uvicorn-runs").Corrected(func(g Gomega) {
			for line := range strings.Lines(claims.Get("reload/prints-that-uvicorn-runs").Correction()) {
				g.Expect(answer.Stdout + answer.Stderr).To(ContainSubstring(line))
			}
		})
		Expect(printed).To(ContainElements(running, up))
		Expect(slices.Index(printed, running)).To(BeNumerically("<", slices.Index(printed, up)), "the reloader opens the port before it starts the application")
	}, SpecTimeout(building))
})

var _ = Describe("The compose file of a service with hot reload", Label("reload", "compose"), func() {
	It("is read without a complaint", func(ctx SpecContext) {
		_, p := lessons(ctx)

		claims.Get("reload/version").Holds(func(g Gomega) {
			answer := p.Config(ctx)
			g.Expect(answer).To(ExitZero())
			g.Expect(answer.Stderr).To(BeEmpty())
		})
	})

	It("means the same without its version, and is complained about no more", func(ctx SpecContext) {
		_, p := lessons(ctx)
		before := p.Config(ctx)

		p.Dir.Write("docker-compose.yaml", claims.Get("reload/version").Mend(p.Dir.Read("docker-compose.yaml").Stdout))

		claims.Get("reload/version").Corrected(func(g Gomega) {
			after := p.Config(ctx)
			g.Expect(after).To(ExitZero())
			g.Expect(after.Stdout).To(Equal(before.Stdout))
			g.Expect(after.Stderr).To(BeEmpty())
		})
	})
})
