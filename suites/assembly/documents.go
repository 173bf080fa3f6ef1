package assembly

import (
	"slices"
	"time"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/reports/verdicts"

	"github.com/onsi/ginkgo/v2/types"
)

// documents are the results of a run, one for each lesson, in the order of texts.
func (r *run) documents(report types.Report) []verdicts.Document {
	conclusions := map[string][]claims.Conclusion{}
	for _, conclusion := range claims.Conclude(r.catalogue, r.sandbox.Facts, report) {
		conclusions[conclusion.Claim.Lesson] = append(conclusions[conclusion.Claim.Lesson], conclusion)
	}
	common := r.common(report)
	var all []verdicts.Document
	for i, text := range r.texts {
		document := common
		document.Matrix = []verdicts.Cell{}
		if i == 0 {
			document.Matrix = cells(report)
		}
		describe(&document, text)
		places := map[string]lesson.Location{}
		for _, place := range text.Places {
			places[place.Name] = place.Location
		}
		for _, conclusion := range conclusions[text.ID] {
			document.Claims = append(document.Claims, r.claimOf(conclusion, places[conclusion.Claim.ID]))
		}
		all = append(all, document)
	}
	return all
}

// common is what the documents of a run share.
func (r *run) common(report types.Report) verdicts.Document {
	document := verdicts.Document{
		Schema: verdicts.Schema,
		Run: verdicts.Run{
			ID: r.sandbox.ID, Started: report.StartTime.UTC().Format(time.RFC3339), Seconds: time.Since(report.StartTime).Seconds(),
			Procs: report.SuiteConfig.ParallelTotal, Passed: report.SuiteSucceeded,
		},
		Engine:    engineOf(r.sandbox.Facts),
		Claims:    []verdicts.Claim{},
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
	return document
}

func cells(report types.Report) []verdicts.Cell {
	all := []verdicts.Cell{}
	for _, cell := range claims.Cells(report) {
		all = append(all, verdicts.Cell{
			Mechanism: cell.Mechanism, Event: cell.Event, Fate: cell.Seen, Expected: cell.Expected, Reason: cell.Reason,
		})
	}
	return all
}

// describe tells which text was judged, and where it and the catalogue part.
func describe(document *verdicts.Document, text Text) {
	document.Lesson = verdicts.Lesson{ID: text.ID, SHA256: text.SHA256}
	for _, place := range text.Drift() {
		document.Drift = append(document.Drift, verdicts.Drift{Claim: place.Name, Kind: string(place.Found.Drift.Kind), Line: place.Found.Drift.Line, Detail: place.Found.Drift.String()})
	}
	for _, s := range text.Unclaimed() {
		document.Uncovered = append(document.Uncovered, verdicts.Passage{Line: s.Line, Start: s.Start, End: s.End, Text: s.Text})
	}
	for _, place := range text.Places {
		if at := place.Location; place.Prose != "" && place.Found.Drift.Kind == lesson.None {
			document.Prose = append(document.Prose, verdicts.Prose{Line: at.Line, Start: at.Start, End: at.End, Reason: place.Prose})
		}
	}
	slices.SortFunc(document.Prose, func(a, b verdicts.Prose) int { return a.Start - b.Start })
}

func engineOf(f engine.Facts) verdicts.Engine {
	return verdicts.Engine{
		Name: f.Name, Version: f.Version, API: f.API, OS: f.OS, OperatingSystem: f.OperatingSystem, Arch: f.Arch,
		Rootless: f.Rootless, Kernel: f.Kernel, StorageDriver: f.StorageDriver, Compose: f.Compose,
		Provider: f.Provider, Release: f.Release,
	}
}

func (r *run) claimOf(c claims.Conclusion, at lesson.Location) verdicts.Claim {
	claim := verdicts.Claim{
		ID: c.Claim.ID, Section: c.Claim.Section, Line: at.Line, Start: at.Start, End: at.End, Quote: c.Claim.Text(),
		Verdict: c.Verdict, Expected: c.Expected, Reason: c.Reason,
		Substitutes: []verdicts.Substitution{}, Specs: []verdicts.Spec{}, Evidence: []verdicts.Evidence{},
	}
	if e := c.Claim.Erratum; e != nil {
		claim.Erratum = &verdicts.Erratum{On: e.On, Actually: e.Actually, Correction: r.catalogue.Correction(c.Claim), Source: e.Source}
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

// ran tells whether the run asked anything about a lesson's claims.
func ran(document verdicts.Document) bool {
	return !document.Run.Filtered || slices.ContainsFunc(document.Claims, func(c verdicts.Claim) bool {
		return slices.ContainsFunc(c.Specs, func(s verdicts.Spec) bool { return s.State != types.SpecStateSkipped.String() })
	})
}
