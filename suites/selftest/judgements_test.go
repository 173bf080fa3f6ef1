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

// judgements are the results so far.
type judgements struct {
	began     time.Time
	engine    string
	due       table
	claims    map[string]result.Claim // the whole catalogue's
	faults    []report.Fault
	unfaulted []report.Finding
}

// judged is what came of one fault, and the claims that its run knew.
type judged struct {
	report.Fault
	claims map[string]result.Claim
}

func (j *judgements) add(result judged) {
	if len(result.claims) > 0 {
		j.claims = result.claims
	}
	if result.Due != report.Same {
		j.faults = append(j.faults, result.Fault)
		return
	}
	for _, finding := range result.Findings {
		if !finding.AsDue {
			j.unfaulted = append(j.unfaulted, finding)
		}
	}
}

func (j *judgements) document() report.Document {
	d := report.Document{
		Schema: report.Schema, Started: j.began.UTC().Format(time.RFC3339), Seconds: time.Since(j.began).Seconds(),
		Engine: j.engine, Faults: j.faults, Unfaulted: j.unfaulted, Claims: len(j.claims),
	}
	touched := j.touched()
	for _, id := range slices.Sorted(maps.Keys(j.claims)) {
		if touched[id] {
			continue
		}
		because := j.due.reason(id)
		if claim := j.claims[id]; because == "" && len(claim.Specs) == 0 {
			because = claim.Reason // no run decides it
		}
		d.Untouched = append(d.Untouched, report.Untouched{Claim: id, Because: because})
	}
	return d
}

// told is the score for people, with the claims that no fault turned.
func told(d report.Document) string {
	text := fmt.Sprintf("%d of %d broken engines are caught, in %.0f s; %d of %d claims get another verdict on one of them at least.",
		d.Caught(), len(d.Faults), d.Seconds, d.Touched(), d.Claims)
	by := map[string][]string{}
	for _, one := range d.Untouched {
		by[one.Because] = append(by[one.Because], one.Claim)
	}
	for _, because := range slices.Sorted(maps.Keys(by)) {
		why := because
		if why == "" {
			why = "nobody says why"
		}
		text += fmt.Sprintf("\n  not %s: %s", strings.Join(by[because], ", "), why)
	}
	return text
}

// touched are the claims whose verdict a fault turned.
func (j *judgements) touched() map[string]bool {
	touched := map[string]bool{}
	for _, fault := range j.faults {
		for _, finding := range fault.Findings {
			if fault.Due == report.Wrong && finding.AsDue {
				touched[finding.Of] = true
			}
		}
	}
	return touched
}

// outdated are the claims that are said to be untouched, and are not.
func (j *judgements) outdated() (ids []string) {
	for id := range j.touched() {
		if j.due.reason(id) != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// selected are the faults whose specs run, the one that is none among them.
func selected() []faults.Fault {
	return slices.DeleteFunc(slices.Concat([]faults.Fault{faults.None}, faults.All), func(fault faults.Fault) bool {
		return !slices.ContainsFunc(selection, func(label string) bool { return strings.TrimPrefix(label, "fault:") == fault.Name })
	})
}
