package claims

import (
	"fmt"
	"strings"

	"github.com/holdfast/holdfast/helpers/result"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Erratum says where the lesson is wrong.
type Erratum struct {
	result.Erratum `yaml:",inline"`

	// With names the claim whose correction mends this one too, in place of one of its own.
	With string `yaml:"with"`
	// Unproven is the reason why no spec proves the correction: it needs hardware,
	// a cloud or an engine that no run can bring along.
	Unproven string `yaml:"unproven"`

	on Constraint
}

func (e *Erratum) check() (problems []string) {
	var err error
	if e.on, err = ParseConstraint(e.On); err != nil {
		problems = append(problems, "erratum: on: "+err.Error())
	}
	if e.Actually == "" || e.Source == "" {
		problems = append(problems, "an erratum says what happens (`actually`) and who says so (`source`)")
	}
	if (e.Correction == "") == (e.With == "") {
		problems = append(problems, "an erratum says what the lesson should say (`correction`), or which claim's correction mends it too (`with`)")
	}
	if e.Unproven != "" && e.Correction == "" {
		problems = append(problems, "`unproven` says why no spec proves a `correction`, and this erratum has none")
	}
	return problems
}

// mender is the claim whose correction mends this one.
func (c Claim) mender() string {
	if c.Erratum != nil && c.Erratum.With != "" {
		return c.Erratum.With
	}
	return c.ID
}

// correction is what the lesson should say, empty where it is right.
func (c Claim) correction() string {
	if c.Erratum == nil {
		return ""
	}
	return c.Erratum.Correction
}

// Correction is what the lesson should say in place of a claim, be it in the
// claim's own erratum or in the one that mends it too; empty where it is right.
func (c *Catalogue) Correction(claim Claim) string { return c.byID[claim.mender()].correction() }

// Corrected asserts what the errata of these claims would have the lesson say
// instead. It is true on every engine on which it can be tried, or the
// catalogue is wrong: a failed assertion fails the spec.
func (s Set) Corrected(block func(g Gomega)) {
	GinkgoHelper()
	untrue := contradicts(block)
	if untrue != "" {
		undoubted(untrue)
	}
	for _, claim := range s {
		if claim.Erratum == nil {
			Fail(fmt.Sprintf("claim %s has no erratum whose correction could be tried (%s:%d)", claim.ID, claim.File, claim.Line))
		}
		decision := Decision{Claim: claim.ID, Verdict: result.Holds, Expected: result.Holds}
		if untrue != "" {
			decision.Verdict, decision.Reason = result.Contradicted, untrue
		}
		AddReportEntry(correctionPrefix+claim.ID, decision, ReportEntryVisibilityNever)
	}
	if untrue != "" {
		Fail(fmt.Sprintf("the correction of %s is not true either.\nThe erratum says: %s\nThe corrected text: %s\n%s",
			s[0].ID, s[0].Erratum.Actually, s[0].Erratum.Correction, untrue))
	}
}

// Correction is the text that the lesson should have in place of the first of these claims.
func (s Set) Correction() string {
	GinkgoHelper()
	if text := s[0].correction(); text != "" {
		return text
	}
	Fail(fmt.Sprintf("claim %s has no correction (%s:%d)", s[0].ID, s[0].File, s[0].Line))
	return ""
}

// Mend corrects a text that has what these claims quote, such as a file of the
// lesson's. Where it is corrected already, it stays as it is.
func (s Set) Mend(text string) string {
	GinkgoHelper()
	for _, claim := range s {
		quote, correction := claim.Quote.Quote, Set{claim}.Correction()
		switch {
		case quote != "" && strings.Count(text, quote) == 1:
			text = strings.Replace(text, quote, correction, 1)
		case !strings.Contains(text, correction):
			Fail(fmt.Sprintf("claim %s cannot be corrected in a text that does not have its quote once (%s:%d):\n%s", claim.ID, claim.File, claim.Line, text))
		}
	}
	return text
}
