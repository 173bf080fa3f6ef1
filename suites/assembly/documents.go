package assembly

import (
	"slices"
	"time"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/lesson/library"
	"github.com/holdfast/holdfast/helpers/lesson/text"
	"github.com/holdfast/holdfast/helpers/result"

	"github.com/onsi/ginkgo/v2/types"
)

// documents returns the results of a run, one for each text, in their order.
func (s *Suite) documents(texts []text.Text, report types.Report) []result.Document {
	conclusions := map[string][]claims.Conclusion{}
	for _, conclusion := range s.judge.Conclude(report) {
		if lesson := conclusion.Claim.Lesson; conclusion.Claim.Subject == claims.Engine || s.options.Text {
			conclusions[lesson] = append(conclusions[lesson], conclusion)
		}
	}
	common := s.common(report)
	var all []result.Document
	for i, text := range texts {
		document := common
		document.Matrix = []result.Cell{}
		if i == 0 {
			document.Matrix = append(document.Matrix, claims.Cells(report)...)
		}
		describe(&document, text)
		places := map[string]lesson.Location{}
		for _, place := range text.Places {
			places[place.Name] = place.Location
		}
		for _, conclusion := range conclusions[text.ID] {
			document.Claims = append(document.Claims, claimOf(s.judge.Catalogue, conclusion, places[conclusion.Claim.ID]))
		}
		all = append(all, document)
	}
	return all
}

// common returns what the documents of a run share.
func (s *Suite) common(report types.Report) result.Document {
	document := result.Document{
		Schema: result.Schema,
		Run: result.Run{
			ID: s.run.ID, Started: report.StartTime.UTC().Format(time.RFC3339), Seconds: time.Since(report.StartTime).Seconds(),
			Procs: report.SuiteConfig.ParallelTotal, Passed: report.SuiteSucceeded,
		},
		Engine:    s.run.Facts.Engine,
		Claims:    []result.Claim{},
		Drift:     []result.Drift{},
		Uncovered: []result.Passage{},
		Leftovers: append([]string{}, s.leftovers...),
	}
	for _, spec := range report.SpecReports.WithLeafNodeType(types.NodeTypeIt) {
		switch {
		case !spec.State.Is(types.SpecStateSkipped | types.SpecStatePending):
			document.Run.Specs++
		case filteredOut(spec):
			document.Run.Filtered = true
		}
		for _, step := range evidence.Of(spec) {
			document.Run.Containers += step.Containers
		}
	}
	return document
}

// describe adds the judged text and its differences from the catalogue.
func describe(document *result.Document, text text.Text) {
	document.Lesson = about(text.Text)
	for _, place := range text.Drift() {
		document.Drift = append(document.Drift, result.Drift{Claim: place.Name, Kind: string(place.Found.Drift.Kind), Line: place.Found.Drift.Line, Detail: place.Found.Drift.String()})
	}
	for _, s := range text.Unclaimed() {
		document.Uncovered = append(document.Uncovered, result.Passage{Line: s.Line, Start: s.Start, End: s.End, Text: s.Text})
	}
	for _, place := range text.Places {
		if at := place.Location; place.Prose != "" && place.Found.Drift.Kind == lesson.None {
			document.Prose = append(document.Prose, result.Prose{Line: at.Line, Start: at.Start, End: at.End, Reason: place.Prose})
		}
	}
	slices.SortFunc(document.Prose, func(a, b result.Prose) int { return a.Start - b.Start })
}

// about names a document and its version.
func about(text library.Text) result.Lesson {
	document := result.Lesson{ID: text.ID, SHA256: text.SHA256}
	if library.IsContract(text.ID) {
		document.Kind = result.Contract
	}
	return document
}

// claimOf returns the result of one claim.
func claimOf(catalogue *claims.Catalogue, c claims.Conclusion, at lesson.Location) result.Claim {
	claim := result.Claim{
		ID: c.Claim.ID, Section: c.Claim.Section, Line: at.Line, Start: at.Start, End: at.End, Quote: c.Claim.Text(),
		Verdict: c.Verdict, Expected: c.Expected, Reason: c.Reason,
		Substitutes: append([]result.Substitute{}, c.Substitutes...), Specs: []result.Spec{}, Evidence: []result.Evidence{},
	}
	if e := c.Claim.Erratum; e != nil {
		erratum := e.Erratum
		erratum.Correction = catalogue.Correction(c.Claim)
		claim.Erratum = &erratum
	}
	if d := c.Claim.Deviation; d != nil {
		claim.Deviation = &d.Deviation
	}
	for _, spec := range c.Specs {
		claim.Specs = append(claim.Specs, result.Spec{Name: spec.FullText(), State: spec.State.String(), Seconds: spec.RunTime.Seconds()})
	}
	for _, step := range c.Evidence {
		claim.Evidence = append(claim.Evidence, result.Evidence{Did: step.Did, Saw: step.Saw})
	}
	return claim
}

// ran reports whether a spec about one of the document's claims ran.
func ran(document result.Document) bool {
	return !document.Run.Filtered || slices.ContainsFunc(document.Claims, func(c result.Claim) bool {
		return slices.ContainsFunc(c.Specs, func(s result.Spec) bool { return s.State != types.SpecStateSkipped.String() })
	})
}
