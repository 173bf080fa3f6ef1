package claims

import (
	"context"
	"fmt"
	"strings"

	"github.com/holdfast/holdfast/helpers/result"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Erratum says where the document is wrong.
type Erratum struct {
	result.Erratum `yaml:",inline"`

	// With is the id of the claim whose correction also corrects this one, instead of a correction of its own.
	With string `yaml:"with"`
	// Unproven is the reason why no spec proves the correction: it needs
	// hardware, a cloud or an engine that no run can provide.
	Unproven string `yaml:"unproven"`

	on Constraint
}

func (e *Erratum) check() (problems []string) {
	var err error
	if e.on, err = ParseConstraint(e.On); err != nil {
		problems = append(problems, "erratum: on: "+err.Error())
	}
	if e.Actually == "" || e.Source == "" {
		problems = append(problems, "an erratum needs `actually` (what happens) and `source` (who says so)")
	}
	if (e.Correction == "") == (e.With == "") {
		problems = append(problems, "an erratum needs either `correction` (what the document should say) or `with` (the claim whose correction covers it)")
	}
	if e.Unproven != "" && e.Correction == "" {
		problems = append(problems, "`unproven` explains a `correction` without a spec, and this erratum has no `correction`")
	}
	return problems
}

// correctedBy is the id of the claim whose correction corrects this one.
func (c Claim) correctedBy() string {
	if c.Erratum != nil && c.Erratum.With != "" {
		return c.Erratum.With
	}
	return c.ID
}

// correction is the text of the claim's own erratum, empty where it has none.
func (c Claim) correction() string {
	if c.Erratum == nil {
		return ""
	}
	return c.Erratum.Correction
}

// Correction returns what the document should say in place of a claim: the correction of the claim's
// own erratum, or of the one that corrects it too; empty where the claim is right.
func (c *Catalogue) Correction(claim Claim) string { return c.byID[claim.correctedBy()].correction() }

// corrections finds the claims that the running spec declares with Corrects.
func corrections(ctx context.Context) Set {
	GinkgoHelper()
	return find(ctx, labelled(CurrentSpecReport().Labels(), correctionPrefix))
}

// Corrected asserts the corrections that the running spec declares with Corrects; see Set.Corrected.
func Corrected(ctx context.Context, block func(g Gomega, text string)) {
	GinkgoHelper()
	corrections(ctx).Corrected(block)
}

// Correction returns the text of the first correction that the running spec declares with Corrects.
func Correction(ctx context.Context) string {
	GinkgoHelper()
	return corrections(ctx).Correction()
}

// Correct applies the corrections that the running spec declares with Corrects; see Set.Correct.
func Correct(ctx context.Context, text string) string {
	GinkgoHelper()
	return corrections(ctx).Correct(text)
}

// Corrected asserts what the errata of these claims have the document say instead. The block gets the
// first claim's corrected text. A correction must be true on every engine on which it can be tried, or
// the catalogue is wrong: a failed assertion fails the spec.
func (s Set) Corrected(block func(g Gomega, text string)) {
	GinkgoHelper()
	first := s.claims[0]
	untrue := contradicts(func(g Gomega) { block(g, first.correction()) })
	if untrue != "" {
		s.judge.requireHealthy(untrue)
	}
	for _, claim := range s.claims {
		if claim.Erratum == nil {
			Fail(fmt.Sprintf("claim %s has no erratum whose correction could be proven (%s:%d)", claim.ID, claim.File, claim.Line))
		}
		decision := Decision{Claim: claim.ID, Verdict: result.Holds, Expected: result.Holds}
		if untrue != "" {
			decision.Verdict, decision.Reason = result.Contradicted, untrue
		}
		AddReportEntry(correctionPrefix+claim.ID, decision, ReportEntryVisibilityNever)
	}
	if untrue != "" {
		Fail(fmt.Sprintf("the correction of %s is not true either.\nThe erratum says: %s\nThe corrected text: %s\n%s",
			first.ID, first.Erratum.Actually, first.correction(), untrue))
	}
}

// Correction returns the text that the document should have in place of the first of these claims.
func (s Set) Correction() string {
	GinkgoHelper()
	return s.claims[0].requireCorrection()
}

func (c Claim) requireCorrection() string {
	GinkgoHelper()
	if c.correction() == "" {
		Fail(fmt.Sprintf("claim %s has no correction (%s:%d)", c.ID, c.File, c.Line))
	}
	return c.correction()
}

// Correct replaces what these claims quote in a text, such as one of the lesson's files, by their
// corrections. A text that is already corrected stays as it is.
func (s Set) Correct(text string) string {
	GinkgoHelper()
	for _, claim := range s.claims {
		quote, correction := claim.Quote.Quote, claim.requireCorrection()
		switch {
		case quote != "" && strings.Count(text, quote) == 1:
			text = strings.Replace(text, quote, correction, 1)
		case !strings.Contains(text, correction):
			Fail(fmt.Sprintf("claim %s cannot be corrected in a text that does not have its quote once (%s:%d):\n%s", claim.ID, claim.File, claim.Line, text))
		}
	}
	return text
}
