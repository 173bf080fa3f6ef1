package annotated

import (
	"cmp"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/result"
)

// view is all that the page shows.
type view struct {
	Title   string
	ID      string
	Sum     string
	Lesson  template.HTML
	Engines []*engineView
	Claims  []*claimView

	Errata     []*claimView // the lesson is wrong, or is catalogued as wrong and was not verified
	Deviations []*claimView // the lesson is right about Docker, and an engine deviates
	Unexpected []*claimView // decided, and not as catalogued
	Differing  []*claimView // hold on one engine and are contradicted on another
	Unverified []reasonView
	Open       int // claims that an engine could not verify
	Drift      []driftView
	Lost       []*claimView // without a mark in the text
	Uncovered  []passageView
	Prose      map[string]int // statements that claim nothing, by reason
	Misfits    []string

	prose  []result.Prose
	blocks map[int][]blockView
}

// reasonView is a reason why claims are unverified, with the engines.
type reasonView struct {
	Reason  string
	Engines []string
	Claims  []*claimView
}

// passageView is a passage that no claim covers.
type passageView struct {
	result.Passage
	Placed bool // the text has a mark of it
}

// driftView is a quote that is no longer where the catalogue says.
type driftView struct {
	result.Drift
	Known  bool // a claim; listed prose drifts as well
	Placed bool // the text has a mark of it
}

func newView(source []byte, results []Result) *view {
	lesson := results[0].Verdicts.Lesson
	v := &view{ID: lesson.ID, Sum: lesson.SHA256, Title: cmp.Or(titleFrom(source), lesson.ID), Prose: map[string]int{}}
	for i, title := range titles(results) {
		v.Engines = append(v.Engines, newEngine(i, title, results[i]))
	}
	v.Claims = collect(v.Engines, results)
	v.blocks = walkBlocks(v.Engines)
	for _, r := range results {
		v.addFindings(r)
	}
	for _, c := range v.Claims {
		v.classify(c)
	}
	return v
}

// addFindings adds what a run found besides verdicts.
func (v *view) addFindings(r Result) {
	for _, d := range r.Verdicts.Drift {
		known := slices.ContainsFunc(v.Claims, func(c *claimView) bool { return c.ID == d.Claim })
		v.Drift = appendNew(v.Drift, driftView{Drift: d, Known: known})
	}
	for _, p := range r.Verdicts.Uncovered {
		v.Uncovered = appendNew(v.Uncovered, passageView{Passage: p})
	}
	for _, p := range r.Verdicts.Prose {
		if !slices.Contains(v.prose, p) {
			v.prose = append(v.prose, p)
			v.Prose[p.Reason]++
		}
	}
	if r.Walk != nil {
		for _, misfit := range r.Walk.Misfits {
			v.Misfits = appendNew(v.Misfits, misfit)
		}
	}
}

// classify adds a claim to the lists that it belongs to.
func (v *view) classify(c *claimView) {
	wrong, unexpected, open := false, false, false
	for _, note := range c.Catalogued {
		wrong = wrong || note.Wrong
	}
	contradicted := c.any(result.Contradicted)
	for _, cell := range c.Cells {
		unexpected = unexpected || cell.Unexpected()
		if cell.Verdict == result.Unverified {
			open = true
			contradicted = contradicted || wrong && cell.Expected == result.Contradicted
			v.addUnverified(c, cell)
		}
	}
	switch {
	case wrong && contradicted:
		v.Errata = append(v.Errata, c)
	case len(c.Catalogued) > 0 && contradicted:
		v.Deviations = append(v.Deviations, c)
	}
	if unexpected {
		v.Unexpected = append(v.Unexpected, c)
	}
	if c.Differs {
		v.Differing = append(v.Differing, c)
	}
	if open {
		v.Open++
	}
}

func (v *view) addUnverified(c *claimView, cell cellView) {
	at := slices.IndexFunc(v.Unverified, func(r reasonView) bool { return r.Reason == cell.Reason })
	if at < 0 {
		at = len(v.Unverified)
		v.Unverified = append(v.Unverified, reasonView{Reason: cell.Reason})
	}
	r := &v.Unverified[at]
	r.Engines, r.Claims = appendNew(r.Engines, cell.Engine), appendNew(r.Claims, c)
}

// Classes of marks that belong to no claim.
const (
	uncovered = "uncovered"
	prose     = "prose"
	drifted   = "drifted"
)

// marks returns all marks of the text, claims first: signs at the same position
// appear in this order.
func (v *view) marks(source []byte) (all []mark) {
	for place, c := range v.Claims {
		all = append(all, c.mark(place))
	}
	for i := range v.Uncovered {
		p := &v.Uncovered[i]
		all = append(all, listed(uncovered, i, p.Start, p.End, "No claim covers this", &p.Placed))
	}
	for i := range v.Drift {
		start, end := lineAt(source, v.Drift[i].Line)
		all = append(all, listed(drifted, i, start, end, "The catalogue has another text or position", &v.Drift[i].Placed))
	}
	for _, p := range v.prose {
		all = append(all, mark{start: p.Start, end: p.End, claim: -1, class: prose, title: "prose: " + p.Reason, placed: new(bool)})
	}
	return all
}

// listed returns the mark of an item in one of the lists above the lesson.
func listed(class string, place, start, end int, title string, placed *bool) mark {
	sign := fmt.Sprintf(`<a class="ref %s" id="%s:%d" href="#hf:%s" data-s="%s" aria-label="%s"></a>`, class, class, place, class, signs[class], title)
	return mark{start: start, end: end, claim: -1, class: class, title: title, sign: template.HTML(sign), placed: placed}
}

// addUnplaced lists the claims and walked blocks that the rendered text lacks.
func (v *view) addUnplaced(a *annotator) {
	for _, c := range v.Claims {
		if !c.Placed {
			v.Lost = append(v.Lost, c)
		}
	}
	for _, line := range slices.Sorted(maps.Keys(v.blocks)) {
		if !a.walked[line] {
			v.Misfits = append(v.Misfits, fmt.Sprintf("line %d: the walk has a block here, and the text has none", line))
		}
	}
}

func appendNew[T comparable](list []T, one T) []T {
	if slices.Contains(list, one) {
		return list
	}
	return append(list, one)
}

// flat returns a text in one line.
func flat(text string) string { return strings.Join(strings.Fields(text), " ") }
