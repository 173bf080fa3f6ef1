package assembly

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/helpers/settings"
	"github.com/holdfast/holdfast/reports/summary"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/reporters"
	"github.com/onsi/ginkgo/v2/types"
)

// out is where the reports go, from a suite's own folder.
var out = filepath.Join("..", "..", "reports", "out")

// Outcome is what a run found of one lesson.
type Outcome struct {
	Text     Text
	Document result.Document
	Ran      bool   // the run asked something about its claims
	Folder   string // where the reports about it stand
	Out      string // the folder of all reports
	Options  summary.Options
	Console  io.Writer
}

// report writes junit.xml and verdicts.json and prints the summary.
func (s *Suite) report(_ SpecContext, report Report) {
	if s.judge == nil {
		return // there was no engine to report about
	}
	texts, err := s.texts()
	stop(err)
	folder := filepath.Join(out, s.run.Facts.Label(), s.options.Subdirectory)
	stop(os.MkdirAll(folder, 0o755))
	stop(writeJUnit(report, filepath.Join(folder, "junit.xml")))
	var problems []error
	for i, document := range s.documents(texts, report) {
		into := folder
		if i > 0 {
			into = filepath.Join(folder, document.Lesson.ID)
		}
		outcome := Outcome{Text: texts[i], Document: document, Folder: into, Out: out, Ran: ran(document), Options: options(into), Console: console()}
		if outcome.Ran {
			stop(result.Write(filepath.Join(into, "verdicts.json"), document))
			summary.Print(console(), document, outcome.Options)
		}
		if settings.RequireAll.On() && !document.Run.Filtered {
			requireAll(document)
		}
		for _, then := range s.options.Then {
			problems = append(problems, then(outcome))
		}
	}
	stop(errors.Join(problems...))
}

// options are how a summary is printed of what stands in a folder.
func options(folder string) summary.Options {
	shown, err := filepath.Abs(folder)
	stop(err)
	if real, err := filepath.EvalSymlinks(shown); err == nil {
		shown = real
	}
	_, reporting := GinkgoConfiguration()
	return summary.Options{Color: !reporting.NoColor && onTerminal(), Folder: shown}
}

func requireAll(document result.Document) {
	var missing []string
	for _, claim := range document.Claims {
		if claim.Verdict == result.Unverified {
			missing = append(missing, claim.ID)
		}
	}
	if len(missing) > 0 {
		Fail(fmt.Sprintf("%s is set and %d claims are unverified: %s", settings.RequireAll.Name, len(missing), strings.Join(missing, ", ")))
	}
}

// writeJUnit writes Ginkgo's own JUnit report. The evidence stands in
// verdicts.json; as properties it would drown the verdicts.
func writeJUnit(report types.Report, path string) error {
	specs := make(types.SpecReports, len(report.SpecReports))
	for i, spec := range report.SpecReports {
		spec.ReportEntries = evidence.Without(spec.ReportEntries)
		specs[i] = spec
	}
	report.SpecReports = specs
	return reporters.GenerateJUnitReportWithConfig(report, path, reporters.JunitReportConfig{
		OmitTimelinesForSpecState: types.SpecStatePassed | types.SpecStateSkipped | types.SpecStatePending,
		OmitSpecLabels:            true,
	})
}

// onTerminal tells whether a person watches. The processes of a parallel run
// write to pipes: there it is the ginkgo command's own output that counts,
// which only Linux tells.
func onTerminal() bool {
	if info, err := os.Stdout.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		return os.Getenv("TERM") != "dumb"
	}
	if runtime.GOOS != "linux" {
		return false
	}
	target, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/1", os.Getppid()))
	return err == nil && (strings.HasPrefix(target, "/dev/pts/") || strings.HasPrefix(target, "/dev/tty"))
}
