package reload

import (
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"

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
