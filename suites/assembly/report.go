package assembly

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/settings"
	"github.com/holdfast/holdfast/reports/summary"
	"github.com/holdfast/holdfast/reports/verdicts"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/reporters"
	"github.com/onsi/ginkgo/v2/types"
)

// out is where the reports go, from a suite's own folder.
var out = filepath.Join("..", "..", "reports", "out")

// report writes junit.xml and verdicts.json and prints the summary.
func (r *run) report(_ SpecContext, report Report) {
	if r.sandbox == nil {
		return // there was no engine to report about
	}
	folder := filepath.Join(out, r.sandbox.Facts.Label(), r.subfolder)
	stop(os.MkdirAll(folder, 0o755))
	stop(writeJUnit(report, filepath.Join(folder, "junit.xml")))
	if len(r.catalogue.Files) == 0 {
		return // a suite without claims has no verdicts to write
	}
	document, err := r.document(report)
	stop(err)
	stop(verdicts.Write(filepath.Join(folder, "verdicts.json"), document))
	shown, err := filepath.Abs(folder)
	stop(err)
	if real, err := filepath.EvalSymlinks(shown); err == nil {
		shown = real
	}
	_, reporting := GinkgoConfiguration()
	summary.Print(console(), document, summary.Options{Color: !reporting.NoColor && onTerminal(), Folder: shown})
	if settings.RequireAll.On() && !document.Run.Filtered {
		r.requireAll(document)
	}
}

func (r *run) requireAll(document verdicts.Document) {
	var missing []string
	for _, claim := range document.Claims {
		if claim.Verdict == verdicts.Unverified {
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

func (r *run) document(report types.Report) (verdicts.Document, error) {
	facts := r.sandbox.Facts
	document := verdicts.Document{
		Schema: verdicts.Schema,
		Run: verdicts.Run{
			ID: r.sandbox.ID, Started: report.StartTime.UTC().Format(time.RFC3339), Seconds: time.Since(report.StartTime).Seconds(),
			Procs: report.SuiteConfig.ParallelTotal, Passed: report.SuiteSucceeded,
		},
		Engine:    engineOf(facts),
		Claims:    []verdicts.Claim{},
		Matrix:    []verdicts.Cell{},
		Drift:     []verdicts.Drift{},
		Uncovered: []verdicts.Passage{},
		Leftovers: append([]string{}, r.leftovers...),
	}
	for _, spec := range report.SpecReports.WithLeafNodeType(types.NodeTypeIt) {
		switch {
		case spec.State != types.SpecStateSkipped && spec.State != types.SpecStatePending:
			document.Run.Specs++
		case spec.Failure.Message == "":
			document.Run.Filtered = true
		}
		for _, step := range evidence.Of(spec) {
			document.Run.Containers += step.Containers
		}
	}
	places, err := r.locate(&document)
	if err != nil {
		return document, err
	}
	for _, conclusion := range claims.Conclude(r.catalogue, facts, report) {
		document.Claims = append(document.Claims, claimOf(conclusion, places[conclusion.Claim.ID]))
	}
	for _, cell := range claims.Cells(report) {
		document.Matrix = append(document.Matrix, verdicts.Cell{
			Mechanism: cell.Mechanism, Event: cell.Event, Fate: cell.Seen, Expected: cell.Expected, Reason: cell.Reason,
		})
	}
	return document, nil
}

func engineOf(f engine.Facts) verdicts.Engine {
	return verdicts.Engine{
		Name: f.Name, Version: f.Version, API: f.API, OS: f.OS, OperatingSystem: f.OperatingSystem, Arch: f.Arch,
		Rootless: f.Rootless, Kernel: f.Kernel, StorageDriver: f.StorageDriver, Compose: f.Compose,
		Provider: f.Provider, Release: f.Release,
	}
}

func claimOf(c claims.Conclusion, line int) verdicts.Claim {
	claim := verdicts.Claim{
		ID: c.Claim.ID, Section: c.Claim.Section, Line: line, Quote: c.Claim.Text(),
		Verdict: c.Verdict, Expected: c.Expected, Reason: c.Reason,
		Substitutes: []verdicts.Substitution{}, Specs: []verdicts.Spec{}, Evidence: []verdicts.Evidence{},
	}
	if e := c.Claim.Erratum; e != nil {
		claim.Erratum = &verdicts.Erratum{On: e.On, Actually: e.Actually, Correction: e.Correction, Source: e.Source}
	}
	if d := c.Claim.Departure; d != nil {
		claim.Departure = &verdicts.Departure{On: d.On, Actually: d.Actually, Source: d.Source}
	}
	for _, spec := range c.Specs {
		claim.Specs = append(claim.Specs, verdicts.Spec{Name: spec.FullText(), State: spec.State.String(), Seconds: spec.RunTime.Seconds()})
	}
	for _, s := range c.Substitutes {
		claim.Substitutes = append(claim.Substitutes, verdicts.Substitution{Wanted: s.Wanted, Used: s.Used})
	}
	for _, step := range c.Evidence {
		claim.Evidence = append(claim.Evidence, verdicts.Evidence{Did: step.Did, Saw: step.Saw})
	}
	return claim
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
