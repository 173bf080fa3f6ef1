package strategy

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/fixtures/projects"
	"github.com/holdfast/holdfast/helpers/claims"
	rules "github.com/holdfast/holdfast/helpers/compose/strategy"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var kinds = []rules.Kind{rules.Development, rules.Production}

var _ = Describe("A compose project", Label("strategy"), func() {
	for _, kind := range kinds {
		for _, folder := range folders(kind, "good") {
			It(fmt.Sprintf("breaks no %s rule: %s", kind, path.Base(folder)), func(ctx SpecContext) {
				Expect(check(ctx, kind, projects.Folder(folder), "compose.yaml")).To(BeEmpty())
			})
		}
		for _, folder := range folders(kind, "bad") {
			// A directory is named after the rule that it breaks; the text after -- tells variants apart.
			rule, _, _ := strings.Cut(path.Base(folder), "--")
			It(fmt.Sprintf("breaks one %s rule and no other: %s", kind, path.Base(folder)), func(ctx SpecContext) {
				Expect(check(ctx, kind, projects.Folder(folder), "compose.yaml")).To(ConsistOf(And(
					HaveField("Rule", rule),
					HaveField("File", WithTransform(filepath.Base, Equal("compose.yaml"))),
					HaveField("Line", And(BeNumerically(">", 1), BeNumerically("<=", lines(folder)))),
					HaveField("What", Not(BeEmpty())), HaveField("Remedy", Not(BeEmpty())),
				)))
			})
		}
		It(fmt.Sprintf("exists for each %s rule, and breaks it", kind), func(SpecContext) {
			for _, rule := range rules.Rules(kind) {
				Expect(folders(kind, "bad")).To(ContainElement(ContainSubstring("/"+rule.ID)), rule.Description)
			}
		})
	}
})

var _ = Describe("The lesson's own projects", Label("strategy"), func() {
	It("follow different strategies in development and in production", claims.Decides("strategy/differs"), func(ctx SpecContext) {
		development := declaring(example("Development Environment"), "dev-data")
		production := declaring(example("Production Environment"), "prod-data")

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(broken(ctx, rules.Development, development)).To(BeEmpty())
			g.Expect(broken(ctx, rules.Production, production)).To(BeEmpty())
			g.Expect(broken(ctx, rules.Production, development)).To(ConsistOf(rules.ImmutableImage, rules.NoBindMounts, rules.NoLocalLogs))
		})
	})

	DescribeTable("break few of the development rules",
		func(ctx SpecContext, folder string, breaks ...string) {
			Expect(rulesOf(check(ctx, rules.Development, projects.Folder(folder), composeFile))).To(ConsistOf(breaks))
		},
		Entry("bind mounts in docker-compose: ./data is data on a bind mount", "binds-compose", rules.DataOnNamedVolumes),
		Entry("pattern 1: code is copied into the image", "pattern-1-models", rules.SourceByBindMount),
		Entry("pattern 2: the API key is hard-coded", "pattern-2-qdrant", rules.NoSecretValues),
		Entry("pattern 3: none", "pattern-3-hot-reload"),
		Entry("pattern 4: code is copied into the image", "pattern-4-logs", rules.SourceByBindMount),
	)
})

var _ = Describe("The Practice project", Label("strategy"), func() {
	DescribeTable("breaks no rule",
		func(ctx SpecContext, file string, kind rules.Kind) {
			Expect(check(ctx, kind, projects.Folder("practice"), file)).To(BeEmpty())
		},
		Entry("in development", "compose.yaml", rules.Development),
		Entry("in production", "compose.production.yaml", rules.Production),
	)

	It("breaks production rules in its development form", func(ctx SpecContext) {
		Expect(rulesOf(check(ctx, rules.Production, projects.Folder("practice"), "compose.yaml"))).To(
			ContainElements(rules.ImmutableImage, rules.NoBindMounts, rules.NoLocalLogs))
	})
})

// folders lists the good or the bad projects of a kind.
func folders(kind rules.Kind, quality string) []string {
	within := path.Join("strategy", string(kind), quality)
	entries, err := fs.ReadDir(projects.Files, within)
	if err != nil || len(entries) == 0 {
		panic(fmt.Sprintf("fixtures/projects/%s holds no projects: %v", within, err))
	}
	var all []string
	for _, entry := range entries {
		all = append(all, path.Join(within, entry.Name()))
	}
	slices.Sort(all)
	return all
}

func lines(folder string) int {
	GinkgoHelper()
	text, err := fs.ReadFile(projects.Folder(folder), "compose.yaml")
	Expect(err).NotTo(HaveOccurred())
	return strings.Count(string(text), "\n")
}
