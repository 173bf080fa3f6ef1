package claims

import (
	"fmt"
	"strings"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/result"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// EntryPrefix begins the name of the report entry that a decided claim leaves;
// the claim's id follows.
const EntryPrefix = "claim:"

// correctionPrefix begins the name of the report entry that a proven correction
// leaves; the claim's id follows.
const correctionPrefix = "correction:"

// Decision is what one block decided of one claim. It travels as a report
// entry, and so through parallel processes and into JUnit's properties.
type Decision struct {
	Claim    string `json:"claim"`
	Verdict  string `json:"verdict"`
	Expected string `json:"expected"`
	Reason   string `json:"reason,omitempty"` // what contradicted it
}

// registered is the catalogue of this process: filled by package variables and
// by Judge, read only afterwards.
var registered struct {
	sources   []source
	catalogue *Catalogue
	facts     engine.Facts
	mended    map[string]bool
	doubt     func(came string) string
}

// DoubtBy sets what says why nothing can be told just now, the engine having
// died, say; empty where all is well. It is asked where a block came to what
// the catalogue does not foresee.
func DoubtBy(doubt func(came string) string) { registered.doubt = doubt }

// undoubted fails the spec where what a block came to tells nothing.
func undoubted(came string) {
	GinkgoHelper()
	if registered.doubt == nil {
		return
	}
	if doubt := registered.doubt(came); doubt != "" {
		Fail(doubt + "\nSo this decides nothing: " + came)
	}
}

// Judge says which catalogue and which engine the blocks of this process are about.
func Judge(catalogue *Catalogue, facts engine.Facts) {
	registered.catalogue, registered.facts = catalogue, facts
}

// JudgeMended names the claims that the text under judgement no longer makes,
// since it has their corrections instead: nothing hangs on them any more.
func JudgeMended(ids map[string]bool) { registered.mended = ids }

// JudgeCompose tells which Compose this process's blocks are about, where that
// was found only after Judge.
func JudgeCompose(version string) { registered.facts.Compose = version }

// Expected is the verdict that the catalogue foresees on an engine.
func (c Claim) Expected(facts engine.Facts) string {
	if c.Erratum != nil && c.Erratum.on.On(facts) || c.Deviation != nil && c.Deviation.on.On(facts) {
		return result.Contradicted
	}
	return result.Holds
}

// Set is one or more claims that the same block decides: a lesson says some
// things more than once.
type Set []Claim

// Get finds claims by their ids. An id that is not catalogued fails the spec.
func Get(ids ...string) Set {
	GinkgoHelper()
	if registered.catalogue == nil {
		Fail("claims.Get outside a run: the suite has not called claims.Judge")
	}
	var set Set
	for _, id := range ids {
		claim, found := registered.catalogue.Claim(id)
		if !found {
			Fail(fmt.Sprintf("claim %q is in no claims.yaml", id))
		}
		set = append(set, claim)
	}
	return set
}

// Holds asserts the claims as the lesson states them. A failed assertion of
// the block contradicts them; where the catalogue has an erratum or a
// deviation for this engine that is expected, and where the block then passes
// the spec fails. Whatever else goes wrong in the block, such as a Fail or a
// Skip of a helper, goes through: it decides nothing.
func (s Set) Holds(block func(g Gomega)) {
	GinkgoHelper()
	contradiction := contradicts(block)
	s.doubt(contradiction)
	var surprises []string
	for _, claim := range s {
		if registered.mended[claim.ID] {
			continue
		}
		decision := Decision{Claim: claim.ID, Verdict: result.Holds, Expected: claim.Expected(registered.facts)}
		if contradiction != "" {
			decision.Verdict, decision.Reason = result.Contradicted, contradiction
		}
		AddReportEntry(EntryPrefix+claim.ID, decision, ReportEntryVisibilityNever)
		if surprise := claim.surprise(decision); surprise != "" {
			surprises = append(surprises, surprise)
		}
	}
	if len(surprises) > 0 {
		Fail(strings.Join(surprises, "\n\n"))
	}
}

// doubt asks whether a surprise is one before it counts.
func (s Set) doubt(contradiction string) {
	GinkgoHelper()
	for _, claim := range s {
		verdict := result.Holds
		if contradiction != "" {
			verdict = result.Contradicted
		}
		if !registered.mended[claim.ID] && verdict != claim.Expected(registered.facts) {
			undoubted(fmt.Sprintf("claim %s %s %s", claim.ID, verdict, contradiction))
			return
		}
	}
}

func (c Claim) surprise(d Decision) string {
	switch {
	case d.Verdict == d.Expected:
		return ""
	case d.Verdict == result.Contradicted:
		return fmt.Sprintf("claim %s is contradicted.\nThe lesson says: %s\n%s", c.ID, c.Text(), d.Reason)
	case c.Erratum != nil && c.Erratum.on.On(registered.facts):
		return fmt.Sprintf("claim %s holds: erratum no longer true.\nThe lesson says: %s\nThe erratum says: %s\nRemove or narrow the erratum in %s:%d.",
			c.ID, c.Text(), c.Erratum.Actually, c.File, c.Line)
	default:
		return fmt.Sprintf("claim %s holds: deviation no longer true.\nThe lesson says: %s\nThe deviation says: %s\nRemove or narrow the deviation in %s:%d.",
			c.ID, c.Text(), c.Deviation.Actually, c.File, c.Line)
	}
}

// Text is what the claim quotes.
func (q Quote) Text() string {
	if q.Block != "" {
		return q.Block
	}
	return q.Quote
}

// contradiction ends a block at its first failed assertion.
type contradiction struct{ message string }

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
