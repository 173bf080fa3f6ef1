package strategy

import (
	"fmt"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"
	rules "github.com/holdfast/holdfast/helpers/compose/strategy"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// printedExample is one of the two compose files that the lesson prints for a strategy.
type printedExample struct {
	kind    rules.Kind
	section string
	claim   string // that the file works as printed
	volume  string // used and not declared
	line    int    // of the volume's use
}

var _ = DescribeTableSubtree("The lesson's example", Label("strategy", "compose"), func(e printedExample) {
	It("loads as printed", claims.Decides(e.claim), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := compose.FromFS(ctx, box, compose.Need(ctx, box), project(example(e.section)))

		config := p.Config(ctx)
		_, refused := p.Model(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(config).To(ExitZero())
			g.Expect(refused).NotTo(HaveOccurred())
		})
	}, SpecTimeout(building))

	It("is refused by Compose and by compose-go because its volume is not declared", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := compose.FromFS(ctx, box, compose.Need(ctx, box), project(original(e.section)))

		config := p.Config(ctx)
		_, refused := p.Model(ctx)

		Expect(config.Stderr).To(ContainSubstring(`service "app" refers to undefined volume ` + e.volume))
		Expect(refused).To(MatchError(And(ContainSubstring(fmt.Sprintf("%s:%d: ", composeFile, e.line)), ContainSubstring("undefined volume "+e.volume))))
	}, SpecTimeout(building))

	It("loads as corrected, with every printed line in place", claims.Corrects(e.claim), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		correction := claims.Correction(ctx)
		p := compose.FromFS(ctx, box, compose.Need(ctx, box), project(correction))

		claims.Corrected(ctx, func(g Gomega, _ string) {
			g.Expect(p.Config(ctx)).To(ExitZero())
			model, err := p.Model(ctx)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(model.Volumes).To(And(HaveLen(1), HaveKey(e.volume)))
			g.Expect(correction).To(HavePrefix(original(e.section)))
			g.Expect(broken(ctx, e.kind, correction)).To(BeEmpty())
		})
	}, SpecTimeout(building))
},
	Entry("for development", printedExample{rules.Development, "Development Environment", "strategy/development-example", "dev-data", 7}),
	Entry("for production", printedExample{rules.Production, "Production Environment", "strategy/production-example", "prod-data", 5}),
)
