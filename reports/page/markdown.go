package page

import (
	"fmt"
	"io"
	"strings"

	"github.com/holdfast/holdfast/helpers/result"
)

// most is how many claims a table of the summary names.
const most = 60

// signs stand for the letters of a row's cells.
var signs = map[rune]string{
	'h': "✓", 'c': "✗", 'u': "?", none: " ",
	'H': "**✓!**", 'C': "**✗!**", 'U': "**?!**",
}

// Markdown writes what the page shows at first sight for where a page cannot be
// seen, such as the summary of a CI job.
func Markdown(w io.Writer, sources []Source) error {
	merged, _ := merge(sources)
	var text strings.Builder
	fmt.Fprintf(&text, "## %s on %s\n\n", count(len(merged.Claims), "claim"), count(len(merged.Runs), "run"))
	text.WriteString("| engine | version | API | system | ✓ hold | ✗ contradicted | ? unverified | not as catalogued |\n|---|---|---|---|--:|--:|--:|--:|\n")
	for i, run := range merged.Runs {
		counts, surprises := map[string]int{}, 0
		for _, row := range merged.Claims {
			letter := row.Cells[i : i+1]
			counts[strings.ToLower(letter)]++
			if letter != strings.ToLower(letter) {
				surprises++
			}
		}
		fmt.Fprintf(&text, "| %s | %s %s | %s | %s, %s | %d | %d | %d | %s |\n", plain(run.Key), plain(run.Engine.Name), plain(run.Engine.Version), plain(run.Engine.API),
			plain(run.Engine.OperatingSystem), plain(run.Engine.Arch), counts["h"], counts["c"], counts["u"], outcome(run.Run, surprises))
	}
	table(&text, merged, "Not as catalogued", func(cells string) bool { return cells != strings.ToLower(cells) })
	table(&text, merged, "Where engines differ", func(cells string) bool {
		cells = strings.ToLower(cells)
		return strings.Contains(cells, "h") && strings.Contains(cells, "c")
	})
	_, err := io.WriteString(w, text.String())
	return err
}

// outcome is what of a run is not as it should be.
func outcome(run result.Run, surprises int) string {
	switch {
	case surprises > 0:
		return fmt.Sprintf("**%d**", surprises)
	case !run.Passed:
		return "**something else failed**"
	}
	return "0"
}

// table lists the claims whose cells fit, with the cells of every run.
func table(text *strings.Builder, merged index, title string, fits func(cells string) bool) {
	var rows []row
	for _, row := range merged.Claims {
		if fits(row.Cells) {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(text, "\n### %s: %s\n\n| claim |", title, count(len(rows), "claim"))
	for _, run := range merged.Runs {
		fmt.Fprintf(text, " %s |", plain(run.Key))
	}
	text.WriteString("\n|---|" + strings.Repeat(":-:|", len(merged.Runs)) + "\n")
	for i, row := range rows {
		if i == most {
			fmt.Fprintf(text, "\n... and %d more, on the page.\n", len(rows)-most)
			break
		}
		fmt.Fprintf(text, "| `%s` (line %d) |", plain(row.ID), row.Line)
		for _, letter := range row.Cells {
			fmt.Fprintf(text, " %s |", signs[letter])
		}
		text.WriteString("\n")
	}
}

// plain keeps what an engine says from being taken for Markdown or markup.
func plain(text string) string {
	return strings.NewReplacer("|", "¦", "`", "'", "<", "‹", ">", "›", "*", "∗", "[", "(", "]", ")", "\n", " ", "\r", " ").Replace(text)
}
