package course

import (
	"fmt"
	"slices"

	"github.com/holdfast/holdfast/helpers/claims"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// blooms are the levels of the revised taxonomy.
var blooms = []string{"Remember", "Understand", "Apply", "Analyze", "Evaluate", "Create"}

// taught is what the lesson must have for an objective to be reached: sections,
// what stands in one of them, and commands, as regular expressions.
type taught struct {
	sections []string
	says     map[string]string
	commands []string
}

var _ = DescribeTable("A learning objective is what the lesson teaches", Label("course"),
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
