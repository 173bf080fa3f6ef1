package claims

import (
	"fmt"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/result"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
)

const substituteEntry = "substitute"

// ReportSubstitute records that the running spec used one image instead of
// another. Every verdict of the spec is reported with it.
func ReportSubstitute(wanted, used string) {
	AddReportEntry(substituteEntry, result.Substitute{Wanted: wanted, Used: used}, ReportEntryVisibilityNever)
}

// Conclusion is what a run found about one claim.
type Conclusion struct {
	Claim    Claim
	Verdict  string
	Expected string
	Reason   string // why it is contradicted or unverified
	Specs    []types.SpecReport
	Evidence []evidence.Step
	// Corrected reports that the text under judgement has the correction, which was judged instead.
	Corrected bool
	// unproven is the reason why no spec proves that correction.
	unproven string
	// Substitutes are the images that the deciding specs used instead of others.
	Substitutes []result.Substitute
}

// Conclude draws the verdict on every claim from a run's report.
func (j *Judge) Conclude(report types.Report) []Conclusion {
	specs := map[string][]types.SpecReport{}
	for _, spec := range report.SpecReports {
		for _, id := range labelled(spec.Labels(), claimPrefix) {
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

// decide weighs the specs of a claim. A contradiction outweighs an error, and so
// does a claim that holds in spite of its erratum. An error outweighs a claim that
// holds as expected, and a spec that ran outweighs one that was skipped.
func (c *Conclusion) decide(report types.Report) {
	prefix, id := claimPrefix, c.Claim.ID
	if c.Corrected {
		prefix, id = correctionPrefix, c.Claim.correctedBy()
	}
	var held, surprised bool
	var contradicted, errored, skipped string
	for _, spec := range c.Specs {
		steps := evidence.Of(spec)
		for _, used := range evidence.Entries[result.Substitute](spec, substituteEntry) {
			if !slices.Contains(c.Substitutes, used) {
				c.Substitutes = append(c.Substitutes, used)
			}
		}
		decisions, failure := trusted(evidence.Entries[Decision](spec, prefix), spec, id)
		for _, decision := range decisions {
			// The process that decided knew which Compose was tested.
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
			skipped = skipReason(spec, report)
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
		c.Verdict, c.Reason = result.Unverified, "its spec ended before it decided the claim"
	default:
		c.Verdict, c.Reason = result.Unverified, "no spec decides it"
	}
}

// trusted returns the decisions of a spec that count. Of a failed spec, that is
// only the surprise that made it fail; of an interrupted spec, none.
func trusted(made []Decision, spec types.SpecReport, id string) (decisions []Decision, failure string) {
	interrupted := spec.State.Is(types.SpecStateFailureStates) && spec.State != types.SpecStateFailed
	surprised := false
	for _, decision := range made {
		if decision.Claim != id || interrupted {
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

// inherited begins Ginkgo's message for the rest of an ordered container whose BeforeAll skipped.
const inherited = "Spec skipped because Skip() was called in "

// skipReason explains why a spec did not run.
func skipReason(spec types.SpecReport, report types.Report) string {
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

// skippedFirst returns the skip message of the first spec in the spec's container.
func skippedFirst(spec types.SpecReport, report types.Report) string {
	for _, other := range report.SpecReports {
		same := slices.Equal(other.ContainerHierarchyTexts, spec.ContainerHierarchyTexts)
		if same && other.State == types.SpecStateSkipped && other.Failure.Message != "" && !strings.HasPrefix(other.Failure.Message, inherited) {
			return other.Failure.Message
		}
	}
	return spec.Failure.Message
}

// NotRun is the reason for claims whose specs the run's filters excluded.
const NotRun = "not run: excluded by this run's filters, or the run ended first"

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}
