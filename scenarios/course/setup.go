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
	It("comes from Pattern 2, the embedding model too", func(SpecContext) {
		claims.Get("course/setup").Holds(func(g Gomega) {
			g.Expect(judged().pattern("2")).To(And(MatchRegexp(database.String()), MatchRegexp(embeddingModel.String())))
		})
	})

	It("comes from the patterns that the corrected text names", func(SpecContext) {
		correction := claims.Get("course/setup").Correction()
		numbers := regexp.MustCompile(`\d`).FindAllString(correction, -1)

		claims.Get("course/setup").Corrected(func(g Gomega) {
			g.Expect(numbers).To(HaveLen(2))
			g.Expect(judged().pattern(numbers[0])).To(And(MatchRegexp(embeddingModel.String()), Not(MatchRegexp(database.String()))))
			g.Expect(judged().pattern(numbers[1])).To(And(MatchRegexp(database.String()), Not(MatchRegexp(embeddingModel.String()))))
		})
	})
})
