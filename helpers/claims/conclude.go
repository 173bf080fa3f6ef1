package claims

import (
	"fmt"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/result"

	"github.com/onsi/ginkgo/v2/types"
)

// Conclusion is what a whole run found of one claim.
type Conclusion struct {
	Claim    Claim
	Verdict  string
	Expected string
	Reason   string // why contradicted or unverified
	Specs    []types.SpecReport
	Evidence []evidence.Step
	// Corrected is true where the text under judgement has the correction, which was judged in the claim's place.
	Corrected bool
	// unproven is the reason why no spec proves that correction.
	unproven string
	// Substitutes are the images that stood in for others in deciding specs.
	Substitutes []result.Substitute
}

// Conclude draws the verdict on every claim from a run's report.
func (j *Judge) Conclude(report types.Report) []Conclusion {
	specs := map[string][]types.SpecReport{}
	for _, spec := range report.SpecReports {
		for _, id := range claimsOf(spec) {
			specs[id] = append(specs[id], spec)
		}
	}
	var all []Conclusion
	for _, claim := range j.Catalogue.Claims() {
		conclusion := Conclusion{Claim: claim, Expected: j.expected(claim), Specs: specs[claim.ID]}
		if conclusion.Corrected = j.Corrected[claim.ID]; conclusion.Corrected {
			conclusion.Expected, conclusion.Specs = result.Holds, specs[claim.correctedBy()]
			if erratum := j.Catalogue.byID[claim.correctedBy()].Erratum; erratum != nil {
				conclusion.unproven = erratum.Unproven
			}
		}
		conclusion.decide(report)
		all = append(all, conclusion)
	}
	return all
}

// claimsOf returns the ids of the claims that a spec declares or decided.
func claimsOf(spec types.SpecReport) []string {
	ids := labelled(spec.Labels(), claimPrefix)
	for _, decision := range decisions(spec, claimPrefix) {
		if !slices.Contains(ids, decision.Claim) {
			ids = append(ids, decision.Claim)
		}
	}
	return ids
}

// decisions reads what a spec decided, of claims or of corrections.
func decisions(spec types.SpecReport, prefix string) (all []Decision) {
	for _, entry := range spec.ReportEntries {
		var decision Decision
		if strings.HasPrefix(entry.Name, prefix) && evidence.Decode(entry, &decision) {
			all = append(all, decision)
		}
	}
	return all
}

// decide weighs the specs of a claim: a contradiction outweighs an error, and so
// does that the claim held against its erratum; an error outweighs what held as
// was foreseen, and what ran outweighs what was skipped.
func (c *Conclusion) decide(report types.Report) {
	var held, surprised bool
	var contradicted, errored, skipped string
	for _, spec := range c.Specs {
		steps := evidence.Of(spec)
		for _, used := range substitutes(spec) {
			if !slices.Contains(c.Substitutes, used) {
				c.Substitutes = append(c.Substitutes, used)
			}
		}
		prefix, id := claimPrefix, c.Claim.ID
		if c.Corrected {
			prefix, id = correctionPrefix, c.Claim.correctedBy()
		}
		decisions, failure := trusted(decisions(spec, prefix), spec, id)
		for _, decision := range decisions {
			// The process that decided knew the engine best.
			c.Expected = decision.Expected
			if decision.Verdict == result.Contradicted {
				contradicted = decision.Reason
			} else {
				held = true
				surprised = surprised || decision.Expected == result.Contradicted
			}
			c.Evidence = append(c.Evidence, steps...)
			steps = nil
		}
		if failure != "" {
			errored = failure
		}
		if spec.State == types.SpecStateSkipped || spec.State == types.SpecStatePending {
			skipped = why(spec, report)
		}
	}
	switch {
	case contradicted != "":
		c.Verdict, c.Reason = result.Contradicted, contradicted
	case errored != "" && !surprised:
		c.Verdict, c.Reason = result.Unverified, errored
	case held:
		c.Verdict = result.Holds
	case c.unproven != "":
		c.Verdict, c.Reason = result.Unverified, c.unproven
	case skipped != "":
		c.Verdict, c.Reason = result.Unverified, skipped
	case c.Claim.Undecided != "":
		c.Verdict, c.Reason = result.Unverified, c.Claim.Undecided
	case len(c.Specs) > 0:
		c.Verdict, c.Reason = result.Unverified, "its spec ended before it came to the claim"
	default:
		c.Verdict, c.Reason = result.Unverified, "no spec decides it"
	}
}

// trusted returns the decisions of a spec that count. A spec that failed
// proves only the surprise that made it fail; one that was cut off proves nothing.
func trusted(made []Decision, spec types.SpecReport, id string) (decisions []Decision, failure string) {
	cutOff := spec.State.Is(types.SpecStateFailureStates) && spec.State != types.SpecStateFailed
	surprised := false
	for _, decision := range made {
		if decision.Claim != id || cutOff {
			continue
		}
		if surprise := decision.Verdict != decision.Expected; surprise || spec.State == types.SpecStatePassed {
			decisions = append(decisions, decision)
			surprised = surprised || surprise
		}
	}
	if spec.State.Is(types.SpecStateFailureStates) && !surprised {
		failure = fmt.Sprintf("error in %q (%s): %s", spec.FullText(), spec.State, firstLine(spec.Failure.Message))
	}
	return decisions, failure
}

// inherited is what Ginkgo says of the specs of an ordered container after one
// whose BeforeAll skipped.
const inherited = "Spec skipped because Skip() was called in "

func why(spec types.SpecReport, report types.Report) string {
	switch {
	case strings.HasPrefix(spec.Failure.Message, inherited):
		return firstLine(skippedFirst(spec, report))
	case spec.State == types.SpecStatePending:
		return "its spec is pending"
	case spec.Failure.Message != "":
		return firstLine(spec.Failure.Message)
	}
	return NotRun
}

// skippedFirst is what the container's first spec was told when it was skipped.
func skippedFirst(spec types.SpecReport, report types.Report) string {
	for _, other := range report.SpecReports {
		same := slices.Equal(other.ContainerHierarchyTexts, spec.ContainerHierarchyTexts)
		if same && other.State == types.SpecStateSkipped && other.Failure.Message != "" && !strings.HasPrefix(other.Failure.Message, inherited) {
			return other.Failure.Message
		}
	}
	return spec.Failure.Message
}

// NotRun is the reason of a claim whose specs the run's own filters left out.
const NotRun = "not run: left out by this run's filters, or the run ended before"

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}
