package summary

import (
	"fmt"
	"io"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/holdfast/holdfast/reports/verdicts"
)

// alert is one thing that is wrong with a text, for those who show it beside its line.
type alert struct {
	rule    string // claim, drift or unclaimed
	about   string
	line    int
	message string
}

var rules = []struct{ id, text string }{
	{"contradicted", "A claim of the lesson is contradicted by an engine."},
	{"drift", "The lesson and the catalogue of its claims have come apart."},
	{"unclaimed", "A statement of the lesson is neither claimed nor listed as prose."},
}

func alerts(d verdicts.Document) (all []alert) {
	for _, claim := range Wrong(d) {
		message := fmt.Sprintf("The lesson: %s\nWhat happens on %s %s: %s", strings.TrimSpace(claim.Quote), d.Engine.Name, d.Engine.Version, strings.TrimSpace(happens(claim)))
		if claim.Erratum != nil && claim.Erratum.Correction != "" {
			message += "\nShould be: " + strings.TrimSpace(claim.Erratum.Correction)
		}
		all = append(all, alert{"contradicted", claim.ID, claim.Line, message})
	}
	for _, drift := range d.Drift {
		all = append(all, alert{"drift", drift.Claim, drift.Line, drift.Detail})
	}
	for _, passage := range d.Uncovered {
		all = append(all, alert{"unclaimed", "unclaimed", passage.Line, "Neither claimed nor listed as prose: " + passage.Text})
	}
	return all
}

// Annotate writes what PrintCourse says as workflow commands, which GitHub shows
// beside the lines of the file.
func Annotate(w io.Writer, d verdicts.Document, path string) {
	// Escaped as GitHub's documentation of workflow commands has it.
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, a := range alerts(d) {
		fmt.Fprintf(w, "::error file=%s,line=%d,title=%s::%s\n", property.Replace(path), max(a.line, 1), property.Replace(a.about), data.Replace(a.message))
	}
}

// SARIF writes what PrintCourse says in the format of static analysis (SARIF
// 2.1.0), for the tools that show such results.
func SARIF(w io.Writer, d verdicts.Document, path string) error {
	run := sarif.NewRunWithInformationURI("holdfast", "https://github.com/holdfast/holdfast")
	for _, rule := range rules {
		run.AddRule(rule.id).WithDescription(rule.text)
	}
	for _, a := range alerts(d) {
		run.CreateResultForRule(a.rule).WithLevel("error").
			WithMessage(sarif.NewTextMessage(a.about + "\n" + a.message)).
			AddLocation(sarif.NewLocationWithPhysicalLocation(sarif.NewPhysicalLocation().
				WithArtifactLocation(sarif.NewSimpleArtifactLocation(path)).
				WithRegion(sarif.NewSimpleRegion(max(a.line, 1), max(a.line, 1)))))
	}
	document := report.NewV210Report()
	document.AddRun(run)
	return document.PrettyWrite(w)
}
