// Package summary tells people what a run found.
package summary

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/result"
)

// Options of Print.
type Options struct {
	Color  bool
	Folder string // where the reports stand
	Lesson string // path of the lesson, for line references
}

// Print writes the end of a run for people: the counts, what surprised and
// what to do about it, each known erratum, each unverified claim's reason.
func Print(w io.Writer, d result.Document, o Options) {
	p := printer{w, o}
	d.Claims = slices.Clone(d.Claims)
	slices.SortStableFunc(d.Claims, func(a, b result.Claim) int { return a.Line - b.Line })
	p.heading(d)
	p.surprises(d)
	p.errata(d)
	p.unverified(d)
	p.substitutes(d)
	p.matrix(d)
	p.left(d)
	p.line("Reports: %s (junit.xml, verdicts.json)", o.Folder)
}

type printer struct {
	w io.Writer
	o Options
}

func (p printer) line(format string, args ...any) { fmt.Fprintf(p.w, format+"\n", args...) }

const (
	bold   = "1"
	green  = "32"
	yellow = "33"
	red    = "31"
)

func (p printer) paint(color, text string) string {
	if !p.o.Color {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

func (p printer) heading(d result.Document) {
	counts := map[string]int{}
	surprising := 0
	for _, claim := range d.Claims {
		counts[claim.Verdict]++
		if claim.Surprising() {
			surprising++
		}
	}
	e := d.Engine
	p.line("")
	p.line("%s", p.paint(bold, fmt.Sprintf("Holdfast on %s %s (API %s, %s/%s, %s, %s)", e.Name, e.Version, e.API, e.OS, e.Arch, e.StorageDriver, provider(e))))
	p.line("%d claims: %s, %s, %s   (%d specs, %d containers, %.1f s)", len(d.Claims),
		p.paint(green, fmt.Sprintf("%d hold", counts[result.Holds])),
		p.paint(yellow, fmt.Sprintf("%d contradicted", counts[result.Contradicted])),
		fmt.Sprintf("%d unverified", counts[result.Unverified]), d.Run.Specs, d.Run.Containers, d.Run.Seconds)
	switch {
	case surprising > 0 || !d.Run.Passed:
		p.line("%s", p.paint(red, fmt.Sprintf("Not as catalogued: %d verdicts differ, or something else failed; see below.", surprising)))
	case d.Run.Filtered:
		p.line("Every verdict that was drawn is as catalogued. Only a part of the suite was asked for: the rest was not run.")
	default:
		p.line("Every verdict is as catalogued.")
	}
	p.line("")
}

func provider(e result.Engine) string {
	if e.Release != "" {
		return "lab " + e.Release
	}
	return e.Provider
}

func (p printer) surprises(d result.Document) {
	for _, claim := range d.Claims {
		if !claim.Surprising() {
			continue
		}
		p.line("%s %s (%s): %q", p.paint(red, "NOT AS CATALOGUED"), claim.ID, p.at(claim), brief(claim.Quote))
		if claim.Verdict == result.Contradicted {
			p.line("    %s", indent(claim.Reason))
			p.line("    What to do: where this engine is at fault, report it to its maintainers with the evidence in verdicts.json;")
			p.line("    where the lesson is, add an erratum to the claim.")
		} else {
			p.line("    It holds, though the catalogue says that it is wrong here. What to do: remove or narrow its erratum.")
		}
	}
}

func (p printer) errata(d result.Document) {
	header := false
	for _, claim := range d.Claims {
		if claim.Verdict != result.Contradicted || claim.Surprising() {
			continue
		}
		if !header {
			p.line("%s", p.paint(bold, "The lesson is wrong on this engine, as catalogued:"))
			header = true
		}
		actually := ""
		if claim.Erratum != nil {
			actually = claim.Erratum.Actually
		} else if claim.Deviation != nil {
			actually = claim.Deviation.Actually + " (this engine departs from Docker)"
		}
		p.line("  %s  %s: %q", p.paint(yellow, p.at(claim)), claim.ID, brief(claim.Quote))
		p.line("      %s", indent(strings.TrimSpace(actually)))
	}
	if header {
		p.line("")
	}
}

// listed is how many claims of one reason are named.
const listed = 12

func (p printer) unverified(d result.Document) {
	byReason := map[string][]string{}
	var order []string
	for _, claim := range d.Claims {
		if claim.Verdict != result.Unverified {
			continue
		}
		if byReason[claim.Reason] == nil {
			order = append(order, claim.Reason)
		}
		byReason[claim.Reason] = append(byReason[claim.Reason], claim.ID)
	}
	if len(order) == 0 {
		return
	}
	p.line("%s", p.paint(bold, "Unverified:"))
	for _, reason := range order {
		p.line("  %s", indent(reason))
		ids := byReason[reason]
		if len(ids) > listed {
			ids = append(slices.Clone(ids[:listed]), fmt.Sprintf("and %d more: verdicts.json lists them", len(ids)-listed))
		}
		p.line("      %s", strings.Join(ids, ", "))
	}
	p.line("")
}

func (p printer) substitutes(d result.Document) {
	claims := map[result.Substitute]int{}
	var order []result.Substitute
	for _, claim := range d.Claims {
		for _, s := range claim.Substitutes {
			if claims[s] == 0 {
				order = append(order, s)
			}
			claims[s]++
		}
	}
	if len(order) == 0 {
		return
	}
	p.line("%s", p.paint(bold, "Substitutes for images that could not be had:"))
	for _, s := range order {
		p.line("  %s: %s (%d claims)", s.Wanted, s.Used, claims[s])
	}
	p.line("")
}

// matrix prints mechanism x event, as the lesson never could.
func (p printer) matrix(d result.Document) {
	var mechanisms, events []string
	fates := map[[2]string]result.Cell{}
	seen := map[string]bool{}
	for _, cell := range d.Matrix {
		seen[cell.Event] = seen[cell.Event] || cell.Fate != ""
	}
	for _, cell := range d.Matrix {
		if !seen[cell.Event] {
			continue // nobody asked for this row
		}
		mechanisms, events = once(mechanisms, cell.Mechanism), once(events, cell.Event)
		fates[[2]string{cell.Mechanism, cell.Event}] = cell
	}
	if len(events) == 0 {
		return
	}
	wide := 0
	for _, event := range events {
		wide = max(wide, len(event))
	}
	p.line("%s", p.paint(bold, "What becomes of the data:"))
	header := fmt.Sprintf("  %-*s", wide, "")
	for _, mechanism := range mechanisms {
		header += fmt.Sprintf("  %-16s", mechanism)
	}
	p.line("%s", strings.TrimRight(header, " "))
	for _, event := range events {
		row := fmt.Sprintf("  %-*s", wide, event)
		for _, mechanism := range mechanisms {
			row += "  " + p.cell(fates[[2]string{mechanism, event}])
		}
		p.line("%s", strings.TrimRight(row, " "))
	}
	p.line("")
}

func (p printer) cell(c result.Cell) string {
	text, color := c.Fate, green
	switch {
	case c.Event == "":
		text, color = "", ""
	case c.Fate == "":
		text, color = "?", ""
	case c.Fate != c.Expected:
		text, color = c.Fate+"!", red
	case c.Fate == "lost":
		color = yellow
	}
	padded := fmt.Sprintf("%-16s", text)
	if color == "" {
		return padded
	}
	return p.paint(color, padded)
}

func (p printer) left(d result.Document) {
	if len(d.Leftovers) == 0 {
		return
	}
	p.line("%s", p.paint(red, "Left behind (and removed now): this is a defect of a spec."))
	for _, name := range d.Leftovers {
		p.line("  %s", name)
	}
	p.line("")
}

func (p printer) at(claim result.Claim) string {
	if claim.Line == 0 {
		return "not found in the lesson"
	}
	return fmt.Sprintf("line %d", claim.Line)
}

func once(list []string, one string) []string {
	for _, have := range list {
		if have == one {
			return list
		}
	}
	return append(list, one)
}

func brief(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > 90 {
		return string(runes[:87]) + "..."
	}
	return text
}

func indent(text string) string { return strings.ReplaceAll(text, "\n", "\n      ") }
