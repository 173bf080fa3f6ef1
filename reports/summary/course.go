package summary

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/result"
)

// PrintCourse writes for a lesson's author what is wrong with the text at path:
// each contradicted claim with its line, what happens instead, the corrected
// text and the engine, then what the catalogue and the text do not share.
func PrintCourse(w io.Writer, d result.Document, path string, o Options) {
	p := printer{w, o}
	wrong := Wrong(d)
	if len(wrong) == 0 && len(d.Drift) == 0 && len(d.Uncovered) == 0 {
		p.line("%s", p.paint(green, fmt.Sprintf("%s: nothing in it is contradicted on %s %s.", path, d.Engine.Name, d.Engine.Version)))
		return
	}
	if len(wrong) > 0 {
		p.line("%s", p.paint(bold, fmt.Sprintf("%s, claims contradicted on %s %s: %d", path, d.Engine.Name, d.Engine.Version, len(wrong))))
	}
	for _, claim := range wrong {
		p.line("%s  %s", p.paint(yellow, fmt.Sprintf("%s:%d", path, claim.Line)), claim.ID)
		p.field("the lesson", claim.Quote)
		p.field("what happens", happens(claim))
		if e := claim.Erratum; e != nil {
			p.field("should be", e.Correction)
			p.field("on", cmp.Or(e.On, "every engine"))
			p.field("source", e.Source)
		} else if claim.Deviation != nil {
			p.field("on", claim.Deviation.On+", which departs from Docker: the lesson is right about Docker")
			p.field("source", claim.Deviation.Source)
		}
	}
	for _, drift := range d.Drift {
		p.line("%s  %s: %s", p.paint(red, "drift"), drift.Claim, drift.Detail)
	}
	for _, passage := range d.Uncovered {
		p.line("%s  neither claimed nor listed as prose: %q", p.paint(red, fmt.Sprintf("%s:%d", path, passage.Line)), brief(passage.Text))
	}
}

// field writes a named text, its further lines below the first.
func (p printer) field(name, text string) {
	text = strings.TrimSpace(text)
	if text != "" {
		p.line("    %-13s %s", name+":", strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", 18)))
	}
}

// Wrong lists the contradicted claims in the order of the text.
func Wrong(d result.Document) (wrong []result.Claim) {
	for _, claim := range d.Claims {
		if claim.Verdict == result.Contradicted {
			wrong = append(wrong, claim)
		}
	}
	slices.SortStableFunc(wrong, func(a, b result.Claim) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Start, b.Start))
	})
	return wrong
}

// happens is what is known of a contradicted claim, or what was just seen.
func happens(c result.Claim) string {
	switch {
	case c.Surprising():
		return c.Reason
	case c.Erratum != nil:
		return c.Erratum.Actually
	case c.Deviation != nil:
		return c.Deviation.Actually
	}
	return c.Reason
}
