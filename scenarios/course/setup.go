package course

import (
	"regexp"

	"github.com/holdfast/holdfast/helpers/claims"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// What the exercise says that the reader has, as the patterns name it.
var (
	embeddingModel = regexp.MustCompile(`(?i)embedding[ -]model`)
	database       = regexp.MustCompile(`image: qdrant/qdrant`)
)

var _ = Describe("The setup of the exercise with AI", Label("course"), func() {
	It("comes from Pattern 2, the embedding model too", claims.Decides("course/setup"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(judged().pattern("2")).To(And(MatchRegexp(database.String()), MatchRegexp(embeddingModel.String())))
		})
	})

	It("comes from the patterns that the corrected text names", claims.Corrects("course/setup"), func(ctx SpecContext) {
		correction := claims.Correction(ctx)
		numbers := regexp.MustCompile(`\d`).FindAllString(correction, -1)

		claims.Corrected(ctx, func(g Gomega, _ string) {
			g.Expect(numbers).To(HaveLen(2))
			g.Expect(judged().pattern(numbers[0])).To(And(MatchRegexp(embeddingModel.String()), Not(MatchRegexp(database.String()))))
			g.Expect(judged().pattern(numbers[1])).To(And(MatchRegexp(database.String()), Not(MatchRegexp(embeddingModel.String()))))
		})
	})
})
