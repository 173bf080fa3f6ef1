package annotated

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/result"
)

// claimView is one claim, and what each engine said of it.
type claimView struct {
	Number     int // in the order of the lesson, from 1
	ID         string
	Section    string
	Line       int
	Quote      string
	Cells      []cellView // one for each engine
	Catalogued []catalogued
	Differs    bool // one engine holds what another contradicts
	Placed     bool // the text has a mark of it

	start, end int
}

// cellView is what one engine said of a claim.
type cellView struct {
	Engine      string
	Place       int
	Verdict     string // absent where this run has no such claim
	Expected    string
	Reason      string
	Unexpected  bool
	Specs       []result.Spec
	Evidence    []result.Evidence
	Substitutes []result.Substitute
}

// Class is how a cell is coloured.
func (c cellView) Class() string {
	if c.Unexpected {
		return c.Verdict + " unexpected"
	}
	return c.Verdict
}

// Sign tells a cell without colour.
func (c cellView) Sign() string {
	if c.Unexpected {
		return signs[c.Verdict] + "!"
	}
	return signs[c.Verdict]
}

// Spoken tells a cell in words.
func (c cellView) Spoken() string {
	switch {
	case c.Verdict == absent:
		return "not run"
	case c.Unexpected:
		return c.Verdict + ", unexpected: it is catalogued as " + c.Expected
	}
	return c.Verdict
}

// catalogued is an erratum of the lesson, or an engine's deviation from Docker.
type catalogued struct {
	Erratum                          bool
	On, Actually, Correction, Source string
}

func noted(c result.Claim) (all []catalogued) {
	if e := c.Erratum; e != nil {
		all = append(all, catalogued{true, e.On, e.Actually, e.Correction, e.Source})
	}
	if d := c.Deviation; d != nil {
		all = append(all, catalogued{false, d.On, d.Actually, "", d.Source})
	}
	return all
}

// collect brings the claims of all engines together, in the order of the lesson.
func collect(engines []*engineView, results []Result) []*claimView {
	known := map[string]*claimView{}
	var all []*claimView
	for place, r := range results {
		for _, c := range r.Verdicts.Claims {
			claim := known[c.ID]
			if claim == nil {
				claim = &claimView{ID: c.ID, Section: c.Section, Line: c.Line, Quote: c.Quote, start: c.Start, end: c.End}
				for _, e := range engines {
					claim.Cells = append(claim.Cells, cellView{Engine: e.Title, Place: e.Place, Verdict: absent})
				}
				known[c.ID], all = claim, append(all, claim)
			}
			if claim.end == 0 {
				claim.start, claim.end = c.Start, c.End
			}
			for _, note := range noted(c) {
				if !slices.Contains(claim.Catalogued, note) {
					claim.Catalogued = append(claim.Catalogued, note)
				}
			}
			cell := &claim.Cells[place]
			cell.Verdict, cell.Expected, cell.Reason, cell.Unexpected = c.Verdict, c.Expected, c.Reason, c.Surprising()
			cell.Specs, cell.Evidence, cell.Substitutes = c.Specs, c.Evidence, c.Substitutes
		}
	}
	slices.SortStableFunc(all, func(a, b *claimView) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end), strings.Compare(a.ID, b.ID))
	})
	for i, claim := range all {
		claim.Number = i + 1
		claim.Differs = claim.some(result.Holds) && claim.some(result.Contradicted)
	}
	return all
}

// some tells whether an engine came to a verdict.
func (c *claimView) some(verdict string) bool {
	return slices.ContainsFunc(c.Cells, func(cell cellView) bool { return cell.Verdict == verdict })
}

// Is tells whether every engine that judged the claim came to one verdict, and
// which: for the lists, which are of all engines.
func (c *claimView) Is() (verdict string) {
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

// Wrong is what the catalogue says of a claim that the lesson has wrong.
func (c *claimView) Wrong() *catalogued {
	for i := range c.Catalogued {
		if c.Catalogued[i].Erratum {
			return &c.Catalogued[i]
		}
	}
	return nil
}

// Said is what the catalogue says happens, and on which engines, each once: runs
// may be of a catalogue that was edited between them.
func (c *claimView) Said() (all []catalogued) {
	for _, note := range c.Catalogued {
		said := catalogued{On: note.On, Actually: note.Actually}
		if !slices.Contains(all, said) {
			all = append(all, said)
		}
	}
	return all
}

// Letters are the verdicts for the script: one letter for each engine, a
// capital where the verdict is not as catalogued.
func (c *claimView) Letters() string {
	var out strings.Builder
	for _, cell := range c.Cells {
		letter := map[string]string{result.Holds: "h", result.Contradicted: "c", result.Unverified: "u", absent: "-"}[cell.Verdict]
		if cell.Unexpected {
			letter = strings.ToUpper(letter)
		}
		out.WriteString(letter)
	}
	return out.String()
}

// mark is where the claim stands, as the first engine has it. Behind it stands
// a sign, which leads to its note.
func (c *claimView) mark(place int) mark {
	class, shown, spoken := c.Cells[0].Class(), c.Cells[0].Sign(), c.Cells[0].Spoken()
	if c.Differs {
		class, shown, spoken = class+" differs", shown+signs["differs"], spoken+", differs by engine"
	}
	escape := template.HTMLEscapeString
	return mark{
		start: c.start, end: c.end, claim: place, class: class,
		sign: template.HTML(fmt.Sprintf(`<a class="ref %s" id="%s" href="#note:%s" data-c="%d" data-n="%d" data-s="%s" aria-label="Claim %d: %s"></a>`,
			class, escape(c.ID), escape(c.ID), place, c.Number, shown, c.Number, escape(spoken))),
	}
}
