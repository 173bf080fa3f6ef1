package report

import (
	"io"
	"path/filepath"

	"github.com/owenrumney/go-sarif/v3/pkg/report"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/holdfast/holdfast/helpers/compose/strategy"
)

// SARIF writes the result in SARIF 2.1.0, which code hosts and editors show.
func SARIF(w io.Writer, r Result) error {
	run := sarif.NewRunWithInformationURI("holdfast-check", "https://github.com/holdfast/holdfast")
	for _, rule := range strategy.Rules(r.Kind) {
		run.AddRule(rule.ID).WithDescription(rule.Description).WithMarkdownHelp(Page(rule)).
			WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(string(rule.Severity)))
	}
	for _, f := range r.Findings {
		line := max(f.Line, 1)
		run.CreateResultForRule(f.Rule).WithLevel(string(f.Severity)).
			WithMessage(sarif.NewTextMessage(f.Text() + "\n" + f.Remedy)).
			AddLocation(sarif.NewLocationWithPhysicalLocation(sarif.NewPhysicalLocation().
				WithArtifactLocation(sarif.NewSimpleArtifactLocation(filepath.ToSlash(f.File))).
				WithRegion(sarif.NewSimpleRegion(line, line))))
	}
	all := report.NewV210Report()
	all.AddRun(run)
	return all.PrettyWrite(w)
}
