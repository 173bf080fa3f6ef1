package annotated

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/result"
)

// absent is the verdict of an engine whose run lacks the claim.
const absent = "absent"

// signs distinguish verdicts, marks and results of a walk without color.
var signs = map[string]string{
	result.Holds: "✓", result.Contradicted: "✗", result.Unverified: "?", absent: "–", uncovered: "∅", drifted: "~", "differs": "≠",
	result.Same: "=", result.Wording: "≈", result.Substance: "≠", result.Fails: "✗", notTyped: "–", made: "+", edited: "±",
}

// claimView is one claim with the verdict of each engine.
type claimView struct {
	Number     int // in the order of the lesson, from 1
	ID         string
	Section    string
	Line       int
	Quote      string
	Cells      []cellView // one for each engine
	Catalogued []catalogued
	Differs    bool // holds on one engine and is contradicted on another
	Placed     bool // the text has a mark of it

	start, end int
}

// cellView is the verdict of one engine.
type cellView struct {
	result.Claim        // the verdict is absent if the run lacks the claim
	Engine       string // its title
	Index        int
}

// Unexpected reports whether the verdict is not as catalogued.
func (c cellView) Unexpected() bool { return c.Verdict != absent && c.Surprising() }

// Class returns the CSS classes of the verdict.
func (c cellView) Class() string {
	if c.Unexpected() {
		return c.Verdict + " unexpected"
	}
	return c.Verdict
}

// Sign returns the sign of the verdict.
func (c cellView) Sign() string {
	if c.Unexpected() {
		return signs[c.Verdict] + "!"
	}
	return signs[c.Verdict]
}

// spoken returns the verdict for screen readers.
func (c cellView) spoken() string {
	switch {
	case c.Verdict == absent:
		return "not run"
	case c.Unexpected():
		return c.Verdict + ", unexpected: it is catalogued as " + c.Expected
	}
	return c.Verdict
}

// catalogued is an erratum of the lesson, or an engine's deviation from Docker.
type catalogued struct {
	Wrong bool // it is an erratum
	result.Erratum
}

func notes(c result.Claim) (all []catalogued) {
	if c.Erratum != nil {
		all = append(all, catalogued{true, *c.Erratum})
	}
	if d := c.Deviation; d != nil {
		all = append(all, catalogued{false, result.Erratum{On: d.On, Actually: d.Actually, Source: d.Source}})
	}
	return all
}

// collect merges the claims of all engines, in the order of the lesson.
func collect(engines []*engineView, results []Result) []*claimView {
	known := map[string]*claimView{}
	var all []*claimView
	for place, r := range results {
		for _, c := range r.Verdicts.Claims {
			claim := known[c.ID]
			if claim == nil {
				claim = &claimView{ID: c.ID, Section: c.Section, Line: c.Line, Quote: c.Quote}
				for _, e := range engines {
					claim.Cells = append(claim.Cells, cellView{result.Claim{Verdict: absent}, e.Title, e.Index})
				}
				known[c.ID], all = claim, append(all, claim)
			}
			if claim.end == 0 {
				claim.start, claim.end = c.Start, c.End
			}
			for _, note := range notes(c) {
				if !slices.Contains(claim.Catalogued, note) {
					claim.Catalogued = append(claim.Catalogued, note)
				}
			}
			claim.Cells[place].Claim = c
		}
	}
	slices.SortStableFunc(all, func(a, b *claimView) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end), strings.Compare(a.ID, b.ID))
	})
	for i, claim := range all {
		claim.Number = i + 1
		claim.Differs = claim.any(result.Holds) && claim.any(result.Contradicted)
	}
	return all
}

// any reports whether an engine has this verdict.
func (c *claimView) any(verdict string) bool {
	return slices.ContainsFunc(c.Cells, func(cell cellView) bool { return cell.Verdict == verdict })
}

// Overall returns the verdict if all engines that judged the claim agree on it,
// otherwise "differs".
func (c *claimView) Overall() (verdict string) {
	for _, cell := range c.Cells {
		switch {
		case cell.Verdict == absent:
		case verdict == "":
			verdict = cell.Verdict
		case verdict != cell.Verdict:
			return "differs"
		}
	}
	return verdict
}

// Actually returns what the catalogue says happens, without repetition: runs may
// be of a catalogue that was edited between them.
func (c *claimView) Actually() (all []result.Erratum) {
	for _, note := range c.Catalogued {
		one := result.Erratum{On: note.On, Actually: note.Actually}
		if !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	return all
}

// letters returns the verdicts for the script: the first letter of each, in upper
// case if the verdict is not as catalogued.
func (c *claimView) letters() string {
	var out strings.Builder
	for _, cell := range c.Cells {
		letter := cell.Verdict[:1]
		if cell.Verdict == absent {
			letter = "-"
		}
		if cell.Unexpected() {
			letter = strings.ToUpper(letter)
		}
		out.WriteString(letter)
	}
	return out.String()
}

// mark returns the mark of the claim as the first engine has it. The sign behind
// it links to the claim's note.
func (c *claimView) mark(place int) mark {
	class, sign, spoken := c.Cells[0].Class(), c.Cells[0].Sign(), c.Cells[0].spoken()
	if c.Differs {
		class, sign, spoken = class+" differs", sign+signs["differs"], spoken+", differs by engine"
	}
	id := template.HTMLEscapeString(c.ID)
	return mark{
		start: c.start, end: c.end, claim: place, class: class, placed: &c.Placed,
		sign: template.HTML(fmt.Sprintf(`<a class="ref %s" id="%s" href="#note:%s" data-c="%d" data-n="%d" data-s="%s" aria-label="Claim %d: %s"></a>`,
			class, id, id, place, c.Number, sign, c.Number, template.HTMLEscapeString(spoken))),
	}
}
