package course

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The lesson's front matter", Label("course"), func() {
	It("has the same title as the lesson's heading", claims.Decides("course/title"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			read := judged()
			g.Expect(read.Sections[0].Level).To(Equal(1))
			g.Expect(read.field("title")).To(Equal(read.titles()[0]))
		})
	})

	It("places the lesson at its number", claims.Decides("course/lesson-number", "course/sidebar-position"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) { g.Expect(judged().field("sidebar_position")).To(Equal(judged().field("lesson"))) })
	})

	It("describes what the lesson teaches", claims.Decides("course/stage-description"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(judged().field("stage_description")).To(ContainSubstring("volume types and lifecycle management through hands-on practice"))
			g.Expect(judged().titles()).To(ContainElements("The Three Storage Mechanisms", "Volume Lifecycle Commands"))
			g.Expect(len(judged().commands())).To(BeNumerically(">", 10), "hands-on practice needs commands to type")
		})
	})
})

// blooms are the levels of Bloom's revised taxonomy.
var blooms = []string{"Remember", "Understand", "Apply", "Analyze", "Evaluate", "Create"}

// taught is what an objective requires of the lesson: sections by the start of their
// titles, text in sections, and commands as regular expressions.
type taught struct {
	sections []string
	says     map[string]string
	commands []string
}

var _ = DescribeTable("A learning objective is taught by the lesson", Label("course"),
	func(ctx SpecContext, number int, in taught) {
		claims.Holds(ctx, func(g Gomega) {
			read := judged()
			at := fmt.Sprintf("learning_objectives[%d].", number-1)
			g.Expect(read.field(at + "id")).To(Equal(fmt.Sprintf("LO%d", number)))
			g.Expect(blooms).To(ContainElement(read.field(at + "bloom_level")))
			titles := read.titles()
			for _, section := range in.sections {
				g.Expect(titles).To(ContainElement(HavePrefix(section)))
			}
			for section, said := range in.says {
				g.Expect(slices.Contains(titles, section)).To(BeTrue(), "no section %q", section)
				g.Expect(read.section(section)).To(ContainSubstring(said))
			}
			for _, command := range in.commands {
				g.Expect(read.commands()).To(ContainElement(MatchRegexp(command)))
			}
		})
	},
	Entry("why data needs volumes", claims.Decides("course/explain-why"), 1, taught{
		says: map[string]string{"The Ephemeral Container Problem": "**Why?**", "1. Named Volumes (Docker-Managed Persistence)": "**Ephemeral container problem solved**"}}),
	Entry("named volumes", claims.Decides("course/named-volumes"), 2, taught{
		commands: []string{`^docker volume create `, `^docker volume ls`, `^docker volume inspect `, `^docker volume rm `, `^docker run .*-v [a-z-]+:/`}}),
	Entry("three kinds, compared by their use", claims.Decides("course/compare-mounts"), 3, taught{
		says: map[string]string{
			"1. Named Volumes (Docker-Managed Persistence)": "**Best for**",
			"2. Bind Mounts (Host Directory Binding)":       "**Best for**",
			"3. tmpfs Mounts (Memory-Only Storage)":         "**Best for**",
		}}),
	Entry("bind mounts for development", claims.Decides("course/bind-mounts"), 4, taught{
		sections: []string{"Setting Up a Bind Mount", "Bind Mounts in docker-compose"}, commands: []string{`^docker run .*-v ~/\S+:/`}}),
	Entry("tmpfs for secrets", claims.Decides("course/tmpfs-mounts"), 5, taught{
		sections: []string{"Use Case: Secrets in Memory"}, commands: []string{`^docker run .*--tmpfs /`}}),
	Entry("patterns for models, databases and logs", claims.Decides("course/storage-patterns"), 6, taught{
		sections: []string{"Pattern 1: Large Model Files", "Pattern 2: Vector Database", "Pattern 4: Logs"}}),
	Entry("a volume's life from creation to pruning", claims.Decides("course/volume-lifecycle"), 7, taught{
		commands: []string{`^docker volume create `, `^docker volume inspect `, `^docker volume rm `, `^docker volume prune`}}),
	Entry("development and production", claims.Decides("course/strategies"), 8, taught{
		sections: []string{"Development Environment", "Production Environment"}}),
)

// digcomp is the conceptual reference model of DigComp 2.2: its areas, and the
// competences of the areas that the lesson names.
var digcomp = map[string]string{
	"1": "Information and data literacy", "2": "Communication and collaboration", "3": "Digital content creation", "4": "Safety", "5": "Problem solving",

	"2.1": "Interacting through digital technologies", "2.2": "Sharing through digital technologies", "2.3": "Engaging in citizenship through digital technologies",
	"2.4": "Collaborating through digital technologies", "2.5": "Netiquette", "2.6": "Managing digital identity",
	"3.1": "Developing digital content", "3.2": "Integrating and re-elaborating digital content", "3.3": "Copyright and licences", "3.4": "Programming",
	"5.1": "Solving technical problems", "5.2": "Identifying needs and technological responses", "5.3": "Creatively using digital technologies", "5.4": "Identifying digital competence gaps",
}

// expectMapped asserts that an entry of the mapping names an existing objective, and
// an area and a competence as DigComp does.
func (t text) expectMapped(g Gomega, at int, objective string) {
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
	It("names existing objectives", claims.Decides("course/maps-named-volumes", "course/maps-storage-patterns"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			read := judged()
			g.Expect(read.field("digcomp_mapping[0].objective_id")).To(Equal(read.field("learning_objectives[1].id")))
			g.Expect(read.field("digcomp_mapping[1].objective_id")).To(Equal(read.field("learning_objectives[5].id")))
		})
	})

	It("calls programming 3.4, in the area of content creation", claims.Decides("course/digcomp-programming"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) { judged().expectMapped(g, 0, "LO2") })
	})

	It("calls problem solving 2.1, in the area of communication", claims.Decides("course/digcomp-problem-solving"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) { judged().expectMapped(g, 1, "LO6") })
	})

	It("agrees with DigComp after the correction", claims.Corrects("course/digcomp-problem-solving"), func(ctx SpecContext) {
		fixed := corrected(func(text string) string { return claims.Correct(ctx, text) })

		claims.Corrected(ctx, func(g Gomega, _ string) { fixed.expectMapped(g, 1, "LO6") })
	})
})

// What the exercise says the reader has, in the words of the patterns.
var (
	embeddingModel = regexp.MustCompile(`(?i)embedding[ -]model`)
	database       = regexp.MustCompile(`image: qdrant/qdrant`)
)

var _ = Describe("The setup of the exercise with AI", Label("course"), func() {
	It("comes from Pattern 2, including the embedding model", claims.Decides("course/setup"), func(ctx SpecContext) {
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
