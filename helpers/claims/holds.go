package claims

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/result"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Decision is what one block decided of one claim. It travels as a report
// entry, and so through parallel processes and into JUnit's properties.
type Decision struct {
	Claim    string `json:"claim"`
	Verdict  string `json:"verdict"`
	Expected string `json:"expected"`
	Reason   string `json:"reason,omitempty"` // what contradicted it
}

// Expected returns the verdict that the catalogue predicts on an engine.
func (c Claim) Expected(facts engine.Facts) string {
	if c.Erratum != nil && c.Erratum.on.On(facts) || c.Deviation != nil && c.Deviation.on.On(facts) {
		return result.Contradicted
	}
	return result.Holds
}

// Set is one or more claims of the running spec that one block decides: a
// document may say the same thing more than once.
type Set struct {
	judge  *Judge
	claims []Claim
}

// Get picks some of the claims that the running spec declares. An id that the
// spec does not declare fails it.
func Get(ctx context.Context, ids ...string) Set {
	GinkgoHelper()
	declared := labelled(CurrentSpecReport().Labels(), claimPrefix)
	for _, id := range ids {
		if !slices.Contains(declared, id) {
			Fail(fmt.Sprintf("this spec does not declare claim %q with claims.Decides or claims.Corrects%s", id, nearest(id, declared)))
		}
	}
	return find(ctx, ids)
}

// find looks the claims up in the catalogue.
func find(ctx context.Context, ids []string) Set {
	GinkgoHelper()
	set := Set{judge: judgeOf(ctx)}
	for _, id := range ids {
		claim, err := set.judge.Catalogue.Claim(id)
		if err != nil {
			Fail(err.Error())
		}
		set.claims = append(set.claims, claim)
	}
	if len(ids) == 0 {
		Fail("this spec declares no such claim: put claims.Decides or claims.Corrects on it")
	}
	return set
}

// Holds asserts all the claims that the running spec declares with Decides; see Set.Holds. A claim that
// the spec also corrects is not among them: pick it with Get.
func Holds(ctx context.Context, block func(g Gomega)) {
	GinkgoHelper()
	labels := CurrentSpecReport().Labels()
	corrected := labelled(labels, correctionPrefix)
	find(ctx, slices.DeleteFunc(labelled(labels, claimPrefix), func(id string) bool { return slices.Contains(corrected, id) })).Holds(block)
}

// Holds asserts the claims as the document states them. A failed assertion of
// the block contradicts them. Where the catalogue has an erratum or a deviation
// for this engine, the block is expected to fail, and the spec fails where it
// passes. Anything else that goes wrong in the block, such as a Fail or a Skip
// of a helper, passes through and decides nothing.
func (s Set) Holds(block func(g Gomega)) {
	GinkgoHelper()
	verdict, reason := result.Holds, contradicts(block)
	if reason != "" {
		verdict = result.Contradicted
	}
	if s.judge.surprises(s.claims, verdict) {
		s.judge.requireHealthy(fmt.Sprintf("claim %s %s %s", s.claims[0].ID, verdict, reason))
	}
	var surprises []string
	for _, claim := range s.claims {
		if s.judge.Corrected[claim.ID] {
			continue
		}
		decision := Decision{Claim: claim.ID, Verdict: verdict, Expected: s.judge.expected(claim), Reason: reason}
		AddReportEntry(claimPrefix+claim.ID, decision, ReportEntryVisibilityNever)
		if decision.Verdict != decision.Expected {
			surprises = append(surprises, claim.surprise(decision, s.judge.Facts))
		}
	}
	if len(surprises) > 0 {
		Fail(strings.Join(surprises, "\n\n"))
	}
}

// surprise explains a verdict that the catalogue did not predict.
func (c Claim) surprise(d Decision, facts engine.Facts) string {
	if d.Verdict == result.Contradicted {
		return fmt.Sprintf("claim %s is contradicted.\nThe document says: %s\n%s", c.ID, c.Text(), d.Reason)
	}
	kind, actually := "deviation", ""
	if c.Deviation != nil {
		actually = c.Deviation.Actually
	}
	if c.Erratum != nil && c.Erratum.on.On(facts) {
		kind, actually = "erratum", c.Erratum.Actually
	}
	return fmt.Sprintf("claim %s holds: %s no longer true.\nThe document says: %s\nThe %s says: %s\nRemove or narrow the %s in %s:%d.",
		c.ID, kind, c.Text(), kind, actually, kind, c.File, c.Line)
}

// contradiction ends a block at its first failed assertion.
type contradiction struct{ message string }

// contradicts runs a block and returns the message of its first failed assertion.
func contradicts(block func(g Gomega)) (message string) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case contradiction:
			message = e.message
		default:
			panic(e)
		}
	}()
	block(NewGomega(func(message string, _ ...int) { panic(contradiction{message}) }))
	return ""
}
