// Package summary prints what a run found, for the terminal.
package summary

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/result"
)

// Options of Print and PrintCourse.
type Options struct {
	Color  bool
	Folder string // the directory of the reports
}

// Print prints the end of a run: the counts, each verdict that is not as
// catalogued and what to do about it, the known errata, and the reasons of
// unverified claims.
func Print(w io.Writer, d result.Document, o Options) {
	p := printer{w, o}
	d.Claims = slices.SortedStableFunc(slices.Values(d.Claims), func(a, b result.Claim) int { return a.Line - b.Line })
	p.heading(d)
	for _, claim := range d.Claims {
		if claim.Surprising() {
			p.surprise(claim)
		}
	}
	p.errata(d)
	p.advice(d)
	p.unverified(d)
	p.substitutes(d)
	p.matrix(d)
	p.section(red, "Left behind by specs, and removed now. This is a defect of a spec:", d.Leftovers)
	p.line("Reports: %s (junit.xml, verdicts.json)", o.Folder)
}

type printer struct {
	w io.Writer
	o Options
}

func (p printer) line(format string, args ...any) { fmt.Fprintf(p.w, format+"\n", args...) }

// section prints lines below a title, and nothing if there are none.
func (p printer) section(color, title string, lines []string) {
	if len(lines) > 0 {
		p.line("%s\n  %s\n", p.paint(color, title), strings.Join(lines, "\n  "))
	}
}

const (
	bold   = "1"
	green  = "32"
	yellow = "33"
	red    = "31"
)

// paint colors a text; an empty color leaves it as it is.
func (p printer) paint(color, text string) string {
	if !p.o.Color || color == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

func (p printer) heading(d result.Document) {
	counts, surprises := map[string]int{}, 0
	for _, claim := range d.Claims {
		counts[claim.Verdict]++
		if claim.Surprising() {
			surprises++
		}
	}
	e := d.Engine
	provider := e.Provider
	if e.Release != "" {
		provider = "lab " + e.Release
	}
	p.line("\n%s", p.paint(bold, fmt.Sprintf("Holdfast on %s (API %s, %s/%s, %s, %s)", e, e.API, e.OS, e.Arch, e.StorageDriver, provider)))
	p.line("%s%d claims: %s, %s, %d unverified   (%d specs, %d containers, %.1f s)", about(d.Lesson), len(d.Claims),
		p.paint(green, fmt.Sprintf("%d hold", counts[result.Holds])), p.paint(yellow, fmt.Sprintf("%d contradicted", counts[result.Contradicted])),
		counts[result.Unverified], d.Run.Specs, d.Run.Containers, d.Run.Seconds)
	if open := len(d.Uncovered); open > 0 {
		p.line("Not judged: %d of its statements, which no claim quotes.", open)
	}
	switch {
	case surprises > 0 || !d.Run.Passed:
		p.line("%s\n", p.paint(red, fmt.Sprintf("Not as catalogued: %d verdicts differ, or something else failed; see below.", surprises)))
	case d.Run.Filtered:
		p.line("Every verdict is as catalogued. Only part of the suite was selected: the rest was not run.\n")
	default:
		p.line("Every verdict is as catalogued.\n")
	}
}

// about names the document, as the beginning of a line.
func about(document result.Lesson) string {
	if document.ID == "" {
		return ""
	}
	return fmt.Sprintf("The %s %s, ", cmp.Or(document.Kind, "lesson"), document.ID)
}

func (p printer) surprise(claim result.Claim) {
	p.line("%s %s (%s): %q", p.paint(red, "NOT AS CATALOGUED"), claim.ID, at(claim), brief(claim.Quote))
	if claim.Verdict == result.Contradicted {
		p.line("    %s", indent(claim.Reason))
		p.line("    What to do: if the engine is at fault, report it to its maintainers with the evidence in verdicts.json;")
		p.line("    if the document is wrong, add an erratum to the claim.")
	} else {
		p.line("    It holds, but the catalogue expects a contradiction here. What to do: remove or narrow its erratum or deviation.")
	}
}

func (p printer) errata(d result.Document) {
	var lines []string
	for _, claim := range d.Claims {
		if claim.Verdict != result.Contradicted || claim.Surprising() {
			continue
		}
		actually := strings.TrimSpace(happens(claim))
		if claim.Erratum == nil && claim.Deviation != nil {
			actually += " (this engine deviates from Docker)"
		}
		lines = append(lines, fmt.Sprintf("%s  %s: %q\n      %s", p.paint(yellow, at(claim)), claim.ID, brief(claim.Quote), indent(actually)))
	}
	title := "The lesson is wrong on this engine, as catalogued:"
	if d.Lesson.Kind == result.Contract {
		title = "This engine does something else, as catalogued:"
	}
	p.section(bold, title, lines)
}

// maxNamed is how many claims with the same reason are named.
const maxNamed = 12

func (p printer) unverified(d result.Document) {
	ids := map[string][]string{}
	var reasons, lines []string
	for _, claim := range d.Claims {
		if claim.Verdict == result.Unverified {
			reasons = appendNew(reasons, claim.Reason)
			ids[claim.Reason] = append(ids[claim.Reason], claim.ID)
		}
	}
	for _, reason := range reasons {
		named := ids[reason]
		if more := len(named) - maxNamed; more > 0 {
			named = append(named[:maxNamed], fmt.Sprintf("and %d more, listed in verdicts.json", more))
		}
		lines = append(lines, fmt.Sprintf("%s\n      %s", indent(reason), strings.Join(named, ", ")))
	}
	p.section(bold, "Unverified:", lines)
}

func (p printer) substitutes(d result.Document) {
	claims := map[result.Substitute]int{}
	var used []result.Substitute
	var lines []string
	for _, claim := range d.Claims {
		for _, s := range claim.Substitutes {
			used = appendNew(used, s)
			claims[s]++
		}
	}
	for _, s := range used {
		lines = append(lines, fmt.Sprintf("%s: %s (%d claims)", s.Wanted, s.Used, claims[s]))
	}
	p.section(bold, "Substitutes for unavailable images:", lines)
}

// matrix prints the persistence matrix, mechanism by event. It omits events that
// were not selected.
func (p printer) matrix(d result.Document) {
	var mechanisms, events, rows []string
	cells := map[[2]string]result.Cell{}
	wide := 0
	for _, cell := range d.Matrix {
		if slices.ContainsFunc(d.Matrix, func(c result.Cell) bool { return c.Event == cell.Event && c.Fate != "" }) {
			mechanisms, events = appendNew(mechanisms, cell.Mechanism), appendNew(events, cell.Event)
			cells[[2]string{cell.Mechanism, cell.Event}] = cell
			wide = max(wide, len(cell.Event))
		}
	}
	if len(events) == 0 {
		return
	}
	header := strings.Repeat(" ", wide)
	for _, mechanism := range mechanisms {
		header += fmt.Sprintf("  %-16s", mechanism)
	}
	rows = append(rows, strings.TrimRight(header, " "))
	for _, event := range events {
		row := fmt.Sprintf("%-*s", wide, event)
		for _, mechanism := range mechanisms {
			row += "  " + p.cell(cells[[2]string{mechanism, event}])
		}
		rows = append(rows, strings.TrimRight(row, " "))
	}
	p.section(bold, "Persistence of data:", rows)
}

func (p printer) cell(c result.Cell) string {
	text, color := c.Fate, green
	switch {
	case c.Event == "":
		color = ""
	case c.Fate == "":
		text, color = "?", ""
	case c.Fate != c.Expected:
		text, color = c.Fate+"!", red
	case c.Fate == result.Lost:
		color = yellow
	}
	return p.paint(color, fmt.Sprintf("%-16s", text))
}

// happens returns what contradicts a claim: what the run saw if that was not
// foreseen, otherwise what the catalogue says.
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

func at(claim result.Claim) string {
	if claim.Line == 0 {
		return "not found in the document"
	}
	return fmt.Sprintf("line %d", claim.Line)
}

func appendNew[T comparable](list []T, one T) []T {
	if slices.Contains(list, one) {
		return list
	}
	return append(list, one)
}

// brief shortens a text to one line of at most 90 characters.
func brief(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > 90 {
		return string(runes[:87]) + "..."
	}
	return text
}

func indent(text string) string { return strings.ReplaceAll(text, "\n", "\n      ") }

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
