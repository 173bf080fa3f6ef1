package course

import (
	"github.com/holdfast/holdfast/helpers/claims"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The lesson's front matter", Label("course"), func() {
	It("has the title that the lesson's heading has", claims.Decides("course/title"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			read := judged()
			g.Expect(read.Sections[0].Level).To(Equal(1))
			g.Expect(read.field("title")).To(Equal(read.titles()[0]))
		})
	})

	It("places the lesson at its number", claims.Decides("course/lesson-number", "course/sidebar-position"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(judged().field("sidebar_position")).To(Equal(judged().field("lesson")))
		})
	})

	It("describes what the lesson does", claims.Decides("course/stage-description"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(judged().field("stage_description")).To(ContainSubstring("volume types and lifecycle management through hands-on practice"))
			g.Expect(judged().titles()).To(ContainElements("The Three Storage Mechanisms", "Volume Lifecycle Commands"))
			g.Expect(len(judged().commands())).To(BeNumerically(">", 10), "practice with one's hands takes commands to type")
		})
	})
})
