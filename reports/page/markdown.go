package page

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/reports/asset"
)

// maxRows is how many claims a table of the summary lists.
const maxRows = 60

// signs maps the letters of a row's cells to what the table shows.
var signs = map[rune]string{
	'h': "✓", 'c': "✗", 'u': "?", none: " ",
	'H': "**✓!**", 'C': "**✗!**", 'U': "**?!**",
}

// Markdown writes a summary of these runs for where the page cannot be shown,
// such as the summary of a CI job.
func Markdown(w io.Writer, sources []Source) error {
	merged, _ := merge(sources)
	var text strings.Builder
	documents := documentsOf(merged)
	fmt.Fprintf(&text, "## %s on %s\n\n", countOf(documents, len(merged.Claims)), asset.Count(len(merged.Runs), "run"))
	which, line := "", ""
	if len(documents) > 1 {
		which, line = " document |", "---|"
	}
	fmt.Fprintf(&text, "| engine |%s version | API | system | ✓ hold | ✗ contradicted | ? unverified | not as catalogued |\n|---|%s---|---|---|--:|--:|--:|--:|\n", which, line)
	for i, run := range merged.Runs {
		for _, document := range documents {
			counts, unexpected := document.counts(i)
			if counts["-"] == len(document.rows) {
				continue // the run did not judge it
			}
			if len(documents) > 1 {
				which = fmt.Sprintf(" %s |", cmp.Or(document.kind, "lesson"))
			}
			fmt.Fprintf(&text, "| %s |%s %s | %s | %s, %s | %d | %d | %d | %s |\n", plain(run.Key), which, plain(run.Engine.String()), plain(run.Engine.API),
				plain(run.Engine.OperatingSystem), plain(run.Engine.Arch), counts["h"], counts["c"], counts["u"], outcome(run.Run, unexpected))
		}
	}
	table(&text, merged, "Not as catalogued", func(cells string) bool { return cells != strings.ToLower(cells) })
	table(&text, merged, "Where engines differ", func(cells string) bool {
		cells = strings.ToLower(cells)
		return strings.Contains(cells, "h") && strings.Contains(cells, "c")
	})
	_, err := io.WriteString(w, text.String())
	return err
}

// judgedText is a document with its claims.
type judgedText struct {
	id, kind string
	rows     []row
}

func documentsOf(merged index) (all []judgedText) {
	for _, row := range merged.Claims {
		if len(all) == 0 || all[len(all)-1].id != row.Lesson {
			all = append(all, judgedText{id: row.Lesson, kind: row.Kind})
		}
		last := &all[len(all)-1]
		last.rows = append(last.rows, row)
	}
	return all
}

// counts counts the letters of a run, in lower case, and the unexpected ones.
func (t judgedText) counts(run int) (counts map[string]int, unexpected int) {
	counts = map[string]int{}
	for _, row := range t.rows {
		letter := row.Cells[run : run+1]
		counts[strings.ToLower(letter)]++
		if letter != strings.ToLower(letter) {
			unexpected++
		}
	}
	return counts, unexpected
}

// countOf counts the claims of each document, if there are several.
func countOf(documents []judgedText, claims int) string {
	if len(documents) < 2 {
		return asset.Count(claims, "claim")
	}
	var parts []string
	for _, document := range documents {
		what := "claim"
		if document.kind == result.Contract {
			what = "promise"
		}
		parts = append(parts, asset.Count(len(document.rows), what)+" of the "+cmp.Or(document.kind, "lesson"))
	}
	return strings.Join(parts, " and ")
}

// outcome describes what went wrong in a run, "0" if nothing did.
func outcome(run result.Run, unexpected int) string {
	switch {
	case unexpected > 0:
		return fmt.Sprintf("**%d**", unexpected)
	case !run.Passed:
		return "**something else failed**"
	}
	return "0"
}

// table lists the claims whose cells match, with the cells of every run.
func table(text *strings.Builder, merged index, title string, matches func(cells string) bool) {
	var rows []row
	for _, row := range merged.Claims {
		if matches(row.Cells) {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(text, "\n### %s: %s\n\n| claim |", title, asset.Count(len(rows), "claim"))
	for _, run := range merged.Runs {
		fmt.Fprintf(text, " %s |", plain(run.Key))
	}
	text.WriteString("\n|---|" + strings.Repeat(":-:|", len(merged.Runs)) + "\n")
	for _, row := range rows[:min(len(rows), maxRows)] {
		fmt.Fprintf(text, "| `%s` (%sline %d) |", plain(row.ID), prefix(row.Kind), row.Line)
		for _, letter := range row.Cells {
			fmt.Fprintf(text, " %s |", signs[letter])
		}
		text.WriteString("\n")
	}
	if len(rows) > maxRows {
		fmt.Fprintf(text, "\n... and %d more, on the page.\n", len(rows)-maxRows)
	}
}

// prefix names the document of a line unless it is a lesson.
func prefix(kind string) string {
	if kind == "" {
		return ""
	}
	return kind + " "
}

var unmarked = strings.NewReplacer("|", "¦", "`", "'", "<", "‹", ">", "›", "*", "∗", "[", "(", "]", ")", "\n", " ", "\r", " ")

// plain replaces the characters that Markdown and HTML treat as markup.
func plain(text string) string { return unmarked.Replace(text) }
