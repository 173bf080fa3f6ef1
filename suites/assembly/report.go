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
	"github.com/holdfast/holdfast/helpers/lesson/library"
	"github.com/holdfast/holdfast/helpers/lesson/text"
	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/helpers/settings"
	"github.com/holdfast/holdfast/reports/summary"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/reporters"
	"github.com/onsi/ginkgo/v2/types"
)

// Outcome is what a run found about one document.
type Outcome struct {
	Text     text.Text
	Document result.Document
	Ran      bool   // a spec about one of its claims ran
	Dir      string // the directory of its reports
	Out      string // the directory of all reports
	Options  summary.Options
	Console  io.Writer
}

// report writes junit.xml and verdicts.json, and prints the summary.
func (s *Suite) report(_ SpecContext, report Report) {
	if s.judge == nil {
		return // no engine was reached
	}
	texts, err := s.texts()
	stop(err)
	out := settings.Reports()
	dir := filepath.Join(out, s.run.Facts.Label(), s.options.Subdirectory)
	stop(os.MkdirAll(dir, 0o755))
	stop(writeJUnit(report, filepath.Join(dir, "junit.xml")))
	if figures := evidence.Figures(report.SpecReports); len(figures) > 0 {
		document := s.common(report)
		contract, err := library.Original(library.Contract)
		stop(err)
		document.Lesson, document.Matrix, document.Figures = about(contract), []result.Cell{}, figures
		stop(result.Write(filepath.Join(dir, "verdicts.json"), document))
		summary.PrintFigures(s.console, document, options(dir))
	}
	var problems []error
	for i, document := range s.documents(texts, report) {
		o := Outcome{Text: texts[i], Document: document, Dir: dir, Out: out, Ran: ran(document), Console: s.console}
		if i > 0 {
			o.Dir = filepath.Join(dir, document.Lesson.ID)
		}
		o.Options = options(o.Dir)
		if o.Ran {
			stop(result.Write(filepath.Join(o.Dir, "verdicts.json"), document))
			summary.Print(s.console, document, o.Options)
		}
		if settings.RequireAll.On() && !document.Run.Filtered {
			requireAll(document)
		}
		for _, then := range s.options.Then {
			problems = append(problems, then(o))
		}
	}
	stop(errors.Join(problems...))
}

// options returns how to print the summary of the reports in a directory.
func options(dir string) summary.Options {
	shown, err := filepath.Abs(dir)
	stop(err)
	if real, err := filepath.EvalSymlinks(shown); err == nil {
		shown = real
	}
	_, reporting := GinkgoConfiguration()
	return summary.Options{Color: !reporting.NoColor && onTerminal(), Folder: shown}
}

// requireAll fails the run where a claim is unverified.
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

// writeJUnit writes Ginkgo's own JUnit report, without the evidence: it is in
// verdicts.json, and would hide the verdicts among the properties.
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

// onTerminal reports whether the output is a terminal. The processes of a parallel
// run write to pipes, so the ginkgo command's own output counts, which only Linux shows.
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
