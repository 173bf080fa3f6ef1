package claims

import (
	"testing"

	"github.com/holdfast/holdfast/helpers/result"

	"github.com/onsi/ginkgo/v2/types"
)

func spec(state types.SpecState, message string, decisions ...Decision) types.SpecReport {
	report := types.SpecReport{LeafNodeType: types.NodeTypeIt, LeafNodeText: "a spec", State: state, LeafNodeLabels: []string{SpecLabel("volumes/a")}}
	report.Failure.Message = message
	for _, d := range decisions {
		report.ReportEntries = append(report.ReportEntries, types.ReportEntry{Name: claimPrefix + d.Claim, Value: types.WrapEntryValue(d)})
	}
	return report
}

func TestConclude(t *testing.T) {
	held := Decision{Claim: "volumes/a", Verdict: result.Holds, Expected: result.Holds}
	broke := Decision{Claim: "volumes/a", Verdict: result.Contradicted, Expected: result.Holds, Reason: "it is gone"}
	expected := Decision{Claim: "volumes/a", Verdict: result.Contradicted, Expected: result.Contradicted, Reason: "as catalogued"}
	surprise := Decision{Claim: "volumes/a", Verdict: result.Holds, Expected: result.Contradicted}
	for name, c := range map[string]struct {
		specs           []types.SpecReport
		verdict, reason string
	}{
		"one that held":                           {[]types.SpecReport{spec(types.SpecStatePassed, "", held)}, result.Holds, ""},
		"one that broke":                          {[]types.SpecReport{spec(types.SpecStateFailed, "claim ...", broke)}, result.Contradicted, "it is gone"},
		"an expected contradiction":               {[]types.SpecReport{spec(types.SpecStatePassed, "", expected)}, result.Contradicted, "as catalogued"},
		"an erratum no longer true":               {[]types.SpecReport{spec(types.SpecStateFailed, "erratum no longer true", surprise)}, result.Holds, ""},
		"an erratum no longer true, and an error": {[]types.SpecReport{spec(types.SpecStateFailed, "erratum no longer true", surprise), spec(types.SpecStateFailed, "its correction is not true either")}, result.Holds, ""},
		"held once, broke once":                   {[]types.SpecReport{spec(types.SpecStatePassed, "", held), spec(types.SpecStateFailed, "x", broke)}, result.Contradicted, "it is gone"},
		"an error is not a contradiction":         {[]types.SpecReport{spec(types.SpecStateFailed, "engine down")}, result.Unverified, `error in "a spec" (failed): engine down`},
		"an error after an expected one":          {[]types.SpecReport{spec(types.SpecStateFailed, "clean-up", expected)}, result.Unverified, `error in "a spec" (failed): clean-up`},
		"a time-out decides nothing":              {[]types.SpecReport{spec(types.SpecStateTimedout, "too slow", broke)}, result.Unverified, `error in "a spec" (timedout): too slow`},
		"an interrupted one decides nothing":      {[]types.SpecReport{spec(types.SpecStateInterrupted, "^C", held)}, result.Unverified, `error in "a spec" (interrupted): ^C`},
		"an error outweighs what held":            {[]types.SpecReport{spec(types.SpecStatePassed, "", held), spec(types.SpecStatePanicked, "boom")}, result.Unverified, `error in "a spec" (panicked): boom`},
		"a skipped one, with its reason":          {[]types.SpecReport{spec(types.SpecStateSkipped, "no swap here")}, result.Unverified, "no swap here"},
		"a filtered one":                          {[]types.SpecReport{spec(types.SpecStateSkipped, "")}, result.Unverified, NotRun},
		"held, and skipped elsewhere":             {[]types.SpecReport{spec(types.SpecStatePassed, "", held), spec(types.SpecStateSkipped, "no")}, result.Holds, ""},
		"one that ended too early":                {[]types.SpecReport{spec(types.SpecStatePassed, "")}, result.Unverified, "its spec ended before it decided the claim"},
		"none":                                    {nil, result.Unverified, "no spec decides it"},
	} {
		t.Run(name, func(t *testing.T) {
			catalogue := catalogueOf(Claim{ID: "volumes/a"})
			got := (&Judge{Catalogue: catalogue}).Conclude(types.Report{SpecReports: c.specs})[0]
			if got.Verdict != c.verdict || got.Reason != c.reason {
				t.Errorf("%s because %q, want %s because %q", got.Verdict, got.Reason, c.verdict, c.reason)
			}
		})
	}
}

func TestConcludeGivesTheReasonForWhichAWholeContainerWasSkipped(t *testing.T) {
	within := func(container, message string) types.SpecReport {
		report := spec(types.SpecStateSkipped, message)
		report.ContainerHierarchyTexts = []string{container}
		return report
	}
	catalogue := catalogueOf(Claim{ID: "volumes/a"})
	first, other := within("mine", "no shared files"), within("another's", "no swap here")
	first.LeafNodeLabels, other.LeafNodeLabels = nil, nil // they decide other claims
	for _, after := range []string{inherited + "BeforeAll", inherited + "BeforeEach"} {
		report := types.Report{SpecReports: types.SpecReports{other, first, within("mine", after)}}
		if got := (&Judge{Catalogue: catalogue}).Conclude(report)[0]; got.Reason != "no shared files" {
			t.Errorf("skipped because %q", got.Reason)
		}
	}
}

func TestConcludeGivesTheCataloguedReason(t *testing.T) {
	catalogue := catalogueOf(Claim{ID: "drivers/ebs", Undecided: "needs a cloud"})
	if got := (&Judge{Catalogue: catalogue}).Conclude(types.Report{})[0]; got.Verdict != result.Unverified || got.Reason != "needs a cloud" {
		t.Errorf("%s because %q", got.Verdict, got.Reason)
	}
}

func TestConcludeGivesTheReasonWhyACorrectionIsUnproven(t *testing.T) {
	judge := Judge{Corrected: map[string]bool{"drivers/ebs": true, "drivers/disk": true}, Catalogue: catalogueOf(
		Claim{ID: "drivers/ebs", Erratum: &Erratum{Erratum: result.Erratum{Correction: "R"}, Unproven: "needs a cloud"}},
		Claim{ID: "drivers/disk", Erratum: &Erratum{With: "drivers/ebs"}},
	)}
	for _, got := range judge.Conclude(types.Report{}) {
		if got.Verdict != result.Unverified || got.Reason != "needs a cloud" {
			t.Errorf("%s: %s because %q", got.Claim.ID, got.Verdict, got.Reason)
		}
	}
}

func TestCorrect(t *testing.T) {
	claim := Claim{ID: "volumes/a", Quote: Quote{Quote: "version: '3.8'\n\nservices:"}, Erratum: &Erratum{Erratum: result.Erratum{Correction: "services:"}}}
	for _, text := range []string{"version: '3.8'\n\nservices:\n  app:\n", "services:\n  app:\n"} {
		if got := (Set{claims: []Claim{claim}}).Correct(text); got != "services:\n  app:\n" {
			t.Errorf("corrected %q to %q", text, got)
		}
	}
}
