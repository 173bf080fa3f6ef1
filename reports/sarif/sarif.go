// Package sarif writes the problems of a text as SARIF, the format of static
// analysis results. It is a package of its own because its library compiles
// slowly and only the lesson suite needs it.
package sarif

import (
	"io"

	"github.com/owenrumney/go-sarif/v3/pkg/report"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/reports/summary"
)

var rules = []struct{ id, text string }{
	{"contradicted", "A claim of the lesson is contradicted by an engine."},
	{"drift", "A quote in the catalogue no longer matches the lesson."},
	{"unclaimed", "A statement of the lesson is neither claimed nor listed as prose."},
}

// Write writes the alerts of a run in SARIF 2.1.0.
func Write(w io.Writer, d result.Document, path string) error {
	run := sarif.NewRunWithInformationURI("holdfast", "https://github.com/holdfast/holdfast")
	for _, rule := range rules {
		run.AddRule(rule.id).WithDescription(rule.text)
	}
	for _, a := range summary.Alerts(d) {
		run.CreateResultForRule(a.Rule).WithLevel("error").
			WithMessage(sarif.NewTextMessage(a.About + "\n" + a.Message)).
			AddLocation(sarif.NewLocationWithPhysicalLocation(sarif.NewPhysicalLocation().
				WithArtifactLocation(sarif.NewSimpleArtifactLocation(path)).
				WithRegion(sarif.NewSimpleRegion(max(a.Line, 1), max(a.Line, 1)))))
	}
	document := report.NewV210Report()
	document.AddRun(run)
	return document.PrettyWrite(w)
}
