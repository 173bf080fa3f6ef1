package result

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Comparison compares the lesson's output with what was printed.
type Comparison struct {
	Kind string `json:"kind"` // the worst of its rows
	Rows []Row  `json:"rows"`
}

// Row pairs a line of the lesson with a printed line. Either may be missing.
type Row struct {
	Lesson  *string `json:"lesson,omitempty"`
	Printed *string `json:"printed,omitempty"`
	Kind    string  `json:"kind"`
	Note    string  `json:"note,omitempty"`
}

// width is the width of a column, in runes.
const width = 64

// sign returns the sign between the lesson's line and the printed one.
func sign(row Row) string {
	switch {
	case row.Kind == Same && row.Lesson == nil:
		return "."
	case row.Kind == Same:
		return "="
	case row.Lesson == nil:
		return ">"
	case row.Printed == nil:
		return "<"
	case row.Kind == Wording:
		return "~"
	}
	return "!"
}

// String prints the lesson's lines and the printed lines side by side. The sign
// between them means: = same, ~ other wording, < only in the lesson, > only
// printed, ! different, . left out of the lesson's excerpt.
func (c Comparison) String() string {
	var out strings.Builder
	left := len("the lesson says")
	for _, row := range c.Rows {
		if row.Lesson != nil {
			left = min(max(left, utf8.RuneCountInString(*row.Lesson)), width)
		}
	}
	line := func(lesson, sign, printed, note string) {
		text := fmt.Sprintf("%-*s %s %s", left, lesson, sign, printed)
		if note != "" {
			text = strings.TrimRight(text, " ") + "   (" + note + ")"
		}
		out.WriteString(strings.TrimRight(text, " ") + "\n")
	}
	line("the lesson says", " ", "what was printed", "")
	skipped := 0
	skip := func() {
		if skipped > 0 {
			line("", ".", fmt.Sprintf("... %d lines that the lesson's excerpt leaves out", skipped), "")
		}
		skipped = 0
	}
	for _, row := range c.Rows {
		if row.Kind == Same && row.Lesson == nil {
			skipped++
			continue
		}
		skip()
		lesson, printed := fold(row.Lesson), fold(row.Printed)
		for i := range max(len(lesson), len(printed)) {
			mark, note := " ", ""
			if i == 0 {
				mark, note = sign(row), row.Note
			}
			line(at(lesson, i), mark, at(printed, i), note)
		}
	}
	skip()
	return out.String()
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

// fold splits a line that is wider than a column.
func fold(line *string) (out []string) {
	if line == nil {
		return nil
	}
	runes := []rune(*line)
	for len(runes) > width {
		out = append(out, string(runes[:width]))
		runes = runes[width:]
	}
	return append(out, string(runes))
}
