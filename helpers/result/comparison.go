package result

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Comparison is the lesson's output beside what was printed.
type Comparison struct {
	Kind string `json:"kind"` // the worst of its rows
	Rows []Row  `json:"rows"`
}

// Row is a line of the lesson beside what was printed; either may be missing.
type Row struct {
	Lesson  *string `json:"lesson,omitempty"`
	Printed *string `json:"printed,omitempty"`
	Kind    string  `json:"kind"`
	Note    string  `json:"note,omitempty"`
}

// width is the width of a column, in runes.
const width = 64

// sign returns what stands between the lesson's line and what was printed.
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

// String shows the lesson's lines side by side with what was printed. The sign
// between them: = the same, ~ in other words, < the lesson's only, > printed only,
// ! different, . not part of the lesson's excerpt.
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

// fold breaks a line that is wider than a column.
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
