package course

import (
	"fmt"
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// digcomp is the conceptual reference model of DigComp 2.2: the areas, and the
// competences of those that the lesson names.
var digcomp = map[string]string{
	"1": "Information and data literacy", "2": "Communication and collaboration", "3": "Digital content creation", "4": "Safety", "5": "Problem solving",

	"2.1": "Interacting through digital technologies", "2.2": "Sharing through digital technologies", "2.3": "Engaging in citizenship through digital technologies",
	"2.4": "Collaborating through digital technologies", "2.5": "Netiquette", "2.6": "Managing digital identity",
	"3.1": "Developing digital content", "3.2": "Integrating and re-elaborating digital content", "3.3": "Copyright and licences", "3.4": "Programming",
	"5.1": "Solving technical problems", "5.2": "Identifying needs and technological responses", "5.3": "Creatively using digital technologies", "5.4": "Identifying digital competence gaps",
}

// mapped asserts that an entry of the mapping is of an objective that there is,
// and names an area and a competence of it as DigComp does.
func (t text) mapped(g Gomega, at int, objective string) {
	GinkgoHelper()
	entry := fmt.Sprintf("digcomp_mapping[%d].", at)
	g.Expect(t.field(entry + "objective_id")).To(Equal(objective))
	area, name, _ := strings.Cut(t.field(entry+"competency_area"), ". ")
	g.Expect(strings.ToLower(name)).To(ContainSubstring(strings.ToLower(digcomp[area])), "area %s", area)
	number, name, _ := strings.Cut(t.field(entry+"competency"), " ")
	g.Expect(number).To(HavePrefix(area + "."))
	g.Expect(digcomp).To(HaveKeyWithValue(number, WithTransform(strings.ToLower, Equal(strings.ToLower(name)))))
}

var _ = Describe("The lesson's mapping to DigComp", Label("course"), func() {
	It("is of objectives that there are", claims.Decides("course/maps-named-volumes", "course/maps-storage-patterns"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			read := judged()
			g.Expect(read.field("digcomp_mapping[0].objective_id")).To(Equal(read.field("learning_objectives[1].id")))
			g.Expect(read.field("digcomp_mapping[1].objective_id")).To(Equal(read.field("learning_objectives[5].id")))
		})
	})

	It("calls programming 3.4, of the area of content creation", claims.Decides("course/digcomp-programming"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) { judged().mapped(g, 0, "LO2") })
	})

	It("calls problem solving 2.1, of the area of communication", claims.Decides("course/digcomp-problem-solving"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) { judged().mapped(g, 1, "LO6") })
	})

	It("is DigComp's once it is corrected", claims.Corrects("course/digcomp-problem-solving"), func(ctx SpecContext) {
		corrected := mended(func(text string) string { return claims.Correct(ctx, text) })

		claims.Corrected(ctx, func(g Gomega, _ string) { corrected.mapped(g, 1, "LO6") })
	})
})
