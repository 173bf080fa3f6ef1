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

	Errata     []*claimView // the lesson is wrong, or is catalogued as wrong and nobody could tell
	Deviations []*claimView // the lesson is right about Docker, and an engine is not Docker
	Unexpected []*claimView // decided, and not as catalogued
	Unlike     []*claimView // that engines differ on
	Unverified []reasonView
	Drift      []driftView
	Lost       []*claimView // no part of the text is theirs
	Uncovered  []passageView
	Prose      map[string]int // statements that claim nothing, by reason
	Misfits    []string

	prose  []result.Prose
	blocks map[int][]blockView
}

// reasonView is a reason why claims are unverified, and on which engines.
type reasonView struct {
	Reason  string
	Engines []string
	Claims  []*claimView
}

// passageView is a passage that nobody claims.
type passageView struct {
	result.Passage
	Place  int
	Placed bool
}

// driftView is a quote that no longer stands where the catalogue has it.
type driftView struct {
	result.Drift
	Place  int
	Known  bool // there is such a claim: listed prose drifts as well
	Placed bool // the text has a mark of the line

	start, end int // the line where it, or the nearest text, stands now
}

func lookAt(source []byte, results []Result) *view {
	v := &view{ID: results[0].Verdicts.Lesson.ID, Sum: results[0].Verdicts.Lesson.SHA256, Prose: map[string]int{}}
	v.Title = cmp.Or(titleFrom(source), v.ID)
	for i, title := range titles(results) {
		v.Engines = append(v.Engines, engineOf(i, title, results[i]))
	}
	v.Claims = collect(v.Engines, results)
	v.blocks = walked(v.Engines)
	for _, r := range results {
		v.findings(source, r)
	}
	for _, c := range v.Claims {
		v.sort(c)
	}
	return v
}

// findings notes what a run has to say that is about no verdict.
func (v *view) findings(source []byte, r Result) {
	for _, d := range r.Verdicts.Drift {
		if !slices.ContainsFunc(v.Drift, func(known driftView) bool { return known.Drift == d }) {
			start, end := lineAt(source, d.Line)
			known := slices.ContainsFunc(v.Claims, func(c *claimView) bool { return c.ID == d.Claim })
			v.Drift = append(v.Drift, driftView{Drift: d, Place: len(v.Drift), Known: known, start: start, end: end})
		}
	}
	for _, p := range r.Verdicts.Uncovered {
		if !slices.ContainsFunc(v.Uncovered, func(known passageView) bool { return known.Passage == p }) {
			v.Uncovered = append(v.Uncovered, passageView{Passage: p, Place: len(v.Uncovered)})
		}
	}
	for _, p := range r.Verdicts.Prose {
		if !slices.Contains(v.prose, p) {
			v.prose = append(v.prose, p)
			v.Prose[p.Reason]++
		}
	}
	if r.Walk != nil {
		for _, misfit := range r.Walk.Misfits {
			if !slices.Contains(v.Misfits, misfit) {
				v.Misfits = append(v.Misfits, misfit)
			}
		}
	}
}

// sort puts a claim into the lists that it belongs to.
func (v *view) sort(c *claimView) {
	doubted := slices.ContainsFunc(c.Cells, func(cell cellView) bool {
		return cell.Verdict == result.Unverified && cell.Expected == result.Contradicted
	})
	switch {
	case c.Wrong() != nil && (c.some(result.Contradicted) || doubted):
		v.Errata = append(v.Errata, c)
	case len(c.Catalogued) > 0 && c.some(result.Contradicted):
		v.Deviations = append(v.Deviations, c)
	}
	if slices.ContainsFunc(c.Cells, func(cell cellView) bool { return cell.Unexpected }) {
		v.Unexpected = append(v.Unexpected, c)
	}
	if c.Differs {
		v.Unlike = append(v.Unlike, c)
	}
	for _, cell := range c.Cells {
		if cell.Verdict == result.Unverified {
			v.unverified(c, cell)
		}
	}
}

func (v *view) unverified(c *claimView, cell cellView) {
	at := slices.IndexFunc(v.Unverified, func(r reasonView) bool { return r.Reason == cell.Reason })
	if at < 0 {
		at = len(v.Unverified)
		v.Unverified = append(v.Unverified, reasonView{Reason: cell.Reason})
	}
	r := &v.Unverified[at]
	if !slices.Contains(r.Engines, cell.Engine) {
		r.Engines = append(r.Engines, cell.Engine)
	}
	if !slices.Contains(r.Claims, c) {
		r.Claims = append(r.Claims, c)
	}
}

// Open counts the claims that some engine could not verify.
func (v *view) Open() (n int) {
	for _, c := range v.Claims {
		if c.some(result.Unverified) {
			n++
		}
	}
	return n
}

// marks are all that is marked in the text, claims first: the pen writes signs
// that come together in this order.
func (v *view) marks() (all []mark) {
	for place, c := range v.Claims {
		all = append(all, c.mark(place))
	}
	for _, p := range v.Uncovered {
		all = append(all, listed(uncovered, p.Place, p.Start, p.End, "Nobody claims this"))
	}
	for _, d := range v.Drift {
		all = append(all, listed(drifted, d.Place, d.start, d.end, "The catalogue has other words, or another place"))
	}
	for _, p := range v.prose {
		all = append(all, mark{start: p.Start, end: p.End, claim: -1, class: prose, title: "prose: " + p.Reason})
	}
	return all
}

// listed is the mark of what stands in one of the lists above the lesson.
func listed(class string, place, start, end int, says string) mark {
	sign := fmt.Sprintf(`<a class="ref %s" id="%s:%d" href="#hf:%s" data-s="%s" aria-label="%s"></a>`, class, class, place, class, signs[class], says)
	return mark{start: start, end: end, claim: -1, class: class, title: says, sign: template.HTML(sign)}
}

// settle notes which marks the pen found a place for, and what of the walks it
// found none for.
func (v *view) settle(p *pen) {
	for i, c := range v.Claims {
		if c.Placed = p.placed(i); !c.Placed {
			v.Lost = append(v.Lost, c)
		}
	}
	for i := range v.Uncovered {
		v.Uncovered[i].Placed = p.placed(len(v.Claims) + i)
	}
	for _, line := range slices.Sorted(maps.Keys(v.blocks)) {
		if !p.under[line] {
			v.Misfits = append(v.Misfits, fmt.Sprintf("line %d: the walk has a block here, and the text has none", line))
		}
	}
	for i := range v.Drift {
		v.Drift[i].Placed = p.placed(len(v.Claims) + len(v.Uncovered) + i)
	}
}

// flat is a text in one line.
func flat(text string) string { return strings.Join(strings.Fields(text), " ") }
