package sources

import (
	"context"
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("docker-compose up with the lesson's compose file", Label("sources", "compose"), func() {
	It("prints what it starts and attaches to, and the service's log", claims.Decides(
		"sources/up", "sources/prints-starting", "sources/prints-attaching",
	), claims.Corrects("sources/prints-attaching"), func(ctx SpecContext) {
		_, p := lessons(ctx, `["hold"]`)

		answer := p.TryUpForeground(ctx, "holding")

		printed := lines(answer.Stdout + answer.Stderr)
		claims.Get(ctx, "sources/up").Holds(func(g Gomega) {
			g.Expect(printed).To(ContainElement(MatchRegexp(`^app[-_]1 \| holding$`)))
		})
		claims.Get(ctx, "sources/prints-starting").Holds(func(g Gomega) {
			g.Expect(printed).To(ContainElement("Starting app ... done"))
		})
		claims.Get(ctx, "sources/prints-attaching").Holds(func(g Gomega) {
			g.Expect(printed).To(ContainElement("Attaching to " + p.Name + "_app_1"))
		})
		claims.Corrected(ctx, func(g Gomega, text string) {
			g.Expect(printed).To(ContainElement(text))
		})
		Expect(printed).To(ContainElements(MatchRegexp(`Container `+p.Name+`-app-1 Started$`), "app-1 | holding"))
	})

	It("shows on a terminal which container it has created", claims.Corrects("sources/prints-starting"), func(ctx SpecContext) {
		_, p := lessons(ctx, `["hold"]`)

		answer := p.UpOnTerminal(ctx, "holding")

		claims.Corrected(ctx, func(g Gomega, text string) {
			// Beside it stands how long that took.
			shown := strings.Join(strings.Fields(text), " ")
			g.Expect(lines(answer.Stdout)).To(ContainElement(HavePrefix(strings.Replace(shown, "my-app-1", p.Name+"-app-1", 1))))
		})
	})
})

// logged are the lines of `logs`, which have the prefixes that `up` prints.
func logged(ctx context.Context, p *compose.Project) []string {
	GinkgoHelper()
	return lines(p.Do(ctx, "logs", "--no-color").Stdout)
}

// lines are the lines of a text, each run of white space in them as one space.
func lines(text string) (all []string) {
	for line := range strings.Lines(text) {
		all = append(all, strings.Join(strings.Fields(line), " "))
	}
	return all
}
