//go:build linux

package selftest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/faults"
	"github.com/holdfast/holdfast/helpers/result"
	report "github.com/holdfast/holdfast/reports/faults"
)

// score collects the results of the self-test on broken engines.
type score struct {
	began     time.Time
	engine    string
	expected  table
	claims    map[string]result.Claim // all of the catalogue
	faults    []report.Fault
	unfaulted []report.Finding
}

// judged is the result for one fault, and the claims of its run.
type judged struct {
	report.Fault
	claims map[string]result.Claim
}

func (s *score) add(j judged) {
	// A run writes only the documents of which it judged something.
	if s.claims == nil {
		s.claims = map[string]result.Claim{}
	}
	maps.Copy(s.claims, j.claims)
	if j.Due != report.Same {
		s.faults = append(s.faults, j.Fault)
		return
	}
	for _, finding := range j.Findings {
		if !finding.AsDue {
			s.unfaulted = append(s.unfaulted, finding)
		}
	}
}

func (s *score) document() report.Document {
	d := report.Document{
		Schema: report.Schema, Started: s.began.UTC().Format(time.RFC3339), Seconds: time.Since(s.began).Seconds(),
		Engine: s.engine, Faults: s.faults, Unfaulted: s.unfaulted, Claims: len(s.claims),
	}
	touched := s.touched()
	for _, id := range slices.Sorted(maps.Keys(s.claims)) {
		if touched[id] {
			continue
		}
		because := s.expected.reason(id)
		if claim := s.claims[id]; because == "" && len(claim.Specs) == 0 {
			because = claim.Reason // no run decides it
		}
		d.Untouched = append(d.Untouched, report.Untouched{Claim: id, Because: because})
	}
	return d
}

// summary describes the score, with the claims that no fault affected.
func summary(d report.Document) string {
	text := fmt.Sprintf("%d of %d broken engines are caught, in %.0f s; %d of %d claims get another verdict on at least one of them.",
		d.Caught(), len(d.Faults), d.Seconds, d.Touched(), d.Claims)
	byReason := map[string][]string{}
	for _, u := range d.Untouched {
		byReason[u.Because] = append(byReason[u.Because], u.Claim)
	}
	for _, because := range slices.Sorted(maps.Keys(byReason)) {
		reason := because
		if reason == "" {
			reason = "no reason given"
		}
		text += fmt.Sprintf("\n  not %s: %s", strings.Join(byReason[because], ", "), reason)
	}
	return text
}

// touched returns the claims whose verdict a fault changed.
func (s *score) touched() map[string]bool {
	touched := map[string]bool{}
	for _, fault := range s.faults {
		for _, finding := range fault.Findings {
			if fault.Due == report.Wrong && finding.AsDue {
				touched[finding.Of] = true
			}
		}
	}
	return touched
}

// outdated returns the claims that the table lists as untouched and a fault changed.
func (s *score) outdated() (ids []string) {
	for id := range s.touched() {
		if s.expected.reason(id) != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// selected returns the faults whose specs run, and faults.None if its spec runs.
func selected() []faults.Fault {
	return slices.DeleteFunc(slices.Concat([]faults.Fault{faults.None}, faults.All), func(fault faults.Fault) bool {
		_, lies := fault.Lie()
		return !slices.Contains(selection, "fault:"+fault.Name) || lies && !canLie()
	})
}
