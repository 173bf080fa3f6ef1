package lesson

import (
	"fmt"
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/lesson/text"
	"github.com/holdfast/holdfast/suites/assembly"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The text of the lessons", Label("text"), func() {
	It("contains every quote of the catalogue", func(ctx SpecContext) {
		var drift []string
		for _, text := range texts(ctx) {
			for _, place := range text.Drift() {
				drift = append(drift, fmt.Sprintf("%s: %s: %s", at(text, place.Found.Drift.Line), place.Name, place.Found.Drift))
			}
		}
		failWith("the text and the catalogue differ", drift)
	})

	It("has no statement that is neither a claim nor prose", func(ctx SpecContext) {
		var unclaimed []string
		for _, text := range texts(ctx) {
			for _, statement := range text.Unclaimed() {
				unclaimed = append(unclaimed, fmt.Sprintf("%s: %s: %q", at(text, statement.Line), statement.Kind, statement.Text))
			}
		}
		failWith("statements are neither a claim nor prose", unclaimed)
	})
})

var _ = Describe("The catalogue", Label("text"), func() {
	It("has claims for each lesson in fixtures/lessons", func(ctx SpecContext) {
		unclaimed, err := text.WithoutClaims(catalogue(ctx))
		Expect(err).NotTo(HaveOccurred())
		failWith("no claims.yaml has `lesson: ID` for these files of fixtures/lessons", unclaimed)
	})

	It("has a spec for each claim, or the reason why there is none", Serial, func(ctx SpecContext) {
		undecided, _ := catalogue(ctx).Undecided(assembly.From(ctx).Specs())
		var problems []string
		for _, claim := range undecided {
			problems = append(problems, fmt.Sprintf("%s:%d: no spec decides claim %s", claim.File, claim.Line, claim.ID))
		}
		failWith("the catalogue is incomplete", problems)
	})

	It("has a spec that proves each correction, or the reason why there is none", Serial, func(ctx SpecContext) {
		_, unproven := catalogue(ctx).Undecided(assembly.From(ctx).Specs())
		var problems []string
		for _, claim := range unproven {
			problems = append(problems, fmt.Sprintf("%s:%d: no spec proves the correction of %s (claims.Corrects(%q)), and no `unproven` says why", claim.File, claim.Line, claim.ID, claim.ID))
		}
		failWith("the catalogue is incomplete", problems)
	})
})

// failWith fails the spec with a list. A matcher would print the list once more.
func failWith(problem string, list []string) {
	GinkgoHelper()
	if len(list) > 0 {
		Fail(fmt.Sprintf("%s (%d):\n%s", problem, len(list), strings.Join(list, "\n")))
	}
}

func catalogue(ctx SpecContext) *claims.Catalogue {
	GinkgoHelper()
	loaded, err := assembly.From(ctx).Catalogue()
	Expect(err).NotTo(HaveOccurred())
	return loaded
}

func texts(ctx SpecContext) []text.Text {
	GinkgoHelper()
	read, err := assembly.From(ctx).Texts()
	Expect(err).NotTo(HaveOccurred())
	return read
}

func at(text text.Text, line int) string {
	if line == 0 {
		return text.Path
	}
	return fmt.Sprintf("%s:%d", text.Path, line)
}
