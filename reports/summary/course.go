package summary

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/holdfast/holdfast/helpers/result"
)

// PrintCourse prints for a lesson's author what is wrong with the text at path:
// each contradicted claim with what happens instead, the corrected text and the
// engines, then drift and uncovered statements.
func PrintCourse(w io.Writer, d result.Document, path string, o Options) {
	p := printer{w, o}
	wrong := Wrong(d)
	if len(wrong) == 0 && len(d.Drift) == 0 && len(d.Uncovered) == 0 {
		p.line("%s", p.paint(green, fmt.Sprintf("%s: no claim is contradicted on %s.", path, d.Engine)))
		return
	}
	if len(wrong) > 0 {
		p.line("%s", p.paint(bold, fmt.Sprintf("%s, claims contradicted on %s: %d", path, d.Engine, len(wrong))))
	}
	for _, claim := range wrong {
		p.line("%s  %s", p.paint(yellow, fmt.Sprintf("%s:%d", path, claim.Line)), claim.ID)
		p.field("the lesson", claim.Quote)
		p.field("what happens", happens(claim))
		if e := claim.Erratum; e != nil {
			p.field("should be", e.Correction)
			p.field("on", cmp.Or(e.On, "every engine"))
			p.field("source", e.Source)
		} else if d := claim.Deviation; d != nil {
			p.field("on", d.On+", which deviates from Docker: the lesson is right about Docker")
			p.field("source", d.Source)
		}
	}
	for _, drift := range d.Drift {
		p.line("%s  %s: %s", p.paint(red, "drift"), drift.Claim, drift.Detail)
	}
	for _, passage := range d.Uncovered {
		p.line("%s  neither claimed nor listed as prose: %q", p.paint(red, fmt.Sprintf("%s:%d", path, passage.Line)), brief(passage.Text))
	}
}

// field prints a named text, with further lines below the first.
func (p printer) field(name, text string) {
	if text = strings.TrimSpace(text); text != "" {
		p.line("    %-13s %s", name+":", strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", 18)))
	}
}
