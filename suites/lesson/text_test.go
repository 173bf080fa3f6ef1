package lesson

import (
	"fmt"
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/suites/assembly"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The text of the lessons", Label("text"), func() {
	It("still says what the catalogue quotes of it", func(SpecContext) {
		var drift []string
		for _, text := range texts() {
			for _, place := range text.Drift() {
				drift = append(drift, fmt.Sprintf("%s: %s: %s", at(text, place.Found.Drift.Line), place.Name, place.Found.Drift))
			}
		}
		Expect(drift).To(BeEmpty(), "the text and the catalogue have come apart in %d places:\n%s", len(drift), strings.Join(drift, "\n"))
	})

	It("says nothing that is neither claimed nor listed as prose", func(SpecContext) {
		var unclaimed []string
		for _, text := range texts() {
			for _, statement := range text.Unclaimed() {
				unclaimed = append(unclaimed, fmt.Sprintf("%s: %s: %q", at(text, statement.Line), statement.Kind, statement.Text))
			}
		}
		Expect(unclaimed).To(BeEmpty(), "the catalogue does not know %d statements:\n%s", len(unclaimed), strings.Join(unclaimed, "\n"))
	})
})

var _ = Describe("The catalogue", Label("text"), func() {
	It("has a spec for each claim, or the reason why there is none", Serial, func(SpecContext) {
		undecided, unknown := catalogue().Undecided(assembly.Specs())
		var problems []string
		for _, claim := range undecided {
			problems = append(problems, fmt.Sprintf("%s:%d: no spec decides claim %s", claim.File, claim.Line, claim.ID))
		}
		for _, id := range unknown {
			problems = append(problems, fmt.Sprintf("claim %s, which a spec decides, is in no claims.yaml", id))
		}
		Expect(problems).To(BeEmpty(), strings.Join(problems, "\n"))
	})

	It("has a spec that proves each correction", func(SpecContext) {
		proven, err := claims.Proofs()
		Expect(err).NotTo(HaveOccurred())
		var problems []string
		for _, claim := range catalogue().Claims() {
			if e := claim.Erratum; e != nil && e.Correction != "" && e.Unproven == "" && !proven[claim.ID] {
				problems = append(problems, fmt.Sprintf("%s:%d: no spec proves the correction of %s (claims.Get(%q).Corrected), and no `unproven` says why", claim.File, claim.Line, claim.ID, claim.ID))
			}
		}
		Expect(problems).To(BeEmpty(), strings.Join(problems, "\n"))
	})
})

func catalogue() *claims.Catalogue {
	GinkgoHelper()
	loaded, err := claims.Load()
	Expect(err).NotTo(HaveOccurred())
	return loaded
}

func texts() []assembly.Text {
	GinkgoHelper()
	read, err := assembly.Texts(catalogue())
	Expect(err).NotTo(HaveOccurred())
	return read
}

func at(text assembly.Text, line int) string {
	if line == 0 {
		return text.Path
	}
	return fmt.Sprintf("%s:%d", text.Path, line)
}
