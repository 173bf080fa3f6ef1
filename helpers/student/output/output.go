// Package output compares the output that a lesson shows with what was printed: line
// by line, with typed tokens such as times, ids and sizes, and JSON key by key. It
// never measures similarity, since a list that lacks the one volume it is about is
// 97 % similar.
package output

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/result"
)

// Rules describe an output beyond its text.
type Rules struct {
	// Wording lists lines that say the same in other words.
	Wording []Pair `yaml:"wording"`
	// Ignore holds regular expressions of whole printed lines that the lesson need
	// not show.
	Ignore []string `yaml:"ignore"`
	// Patterns are regular expressions, by name, of text that may differ between runs.
	Patterns map[string]string `yaml:"-"`
	// Excerpt means that the lesson shows only some of the lines.
	Excerpt bool `yaml:"excerpt"`
	// Project is the lesson's name of the Compose project, and the actual name.
	Project [2]string `yaml:"-"`
	// Names holds what the lesson's times and ids stand for: the same text must
	// always stand for the same thing. It may serve several outputs.
	Names Names `yaml:"-"`
}

// Pair is a line of the lesson, and a printed line that says the same.
type Pair struct {
	Lesson  string `yaml:"lesson"`  // the whole line
	Printed string `yaml:"printed"` // a regular expression of a whole line
}

// Names maps the tokens of a lesson to what was printed for them.
type Names map[string]string

// Compare compares a lesson's output with what was printed.
func Compare(lesson, printed string, rules Rules) (result.Comparison, error) {
	if rules.Names == nil {
		rules.Names = Names{}
	}
	c, err := newComparer(rules)
	if err != nil {
		return result.Comparison{}, err
	}
	if rows, ok := c.json(lesson, printed); ok {
		return conclude(rows), nil
	}
	return conclude(c.lines(split(lesson), split(printed))), nil
}

func conclude(rows []result.Row) result.Comparison {
	out := result.Comparison{Kind: result.Same, Rows: rows}
	for _, row := range rows {
		out.Kind = worse(out.Kind, row.Kind)
	}
	return out
}

// Join combines the comparisons of several outputs.
func Join(a, b result.Comparison) result.Comparison { return conclude(slices.Concat(a.Rows, b.Rows)) }

// worse returns the kind that is farther from the lesson.
func worse(a, b string) string {
	if slices.Index(result.Results, b) > slices.Index(result.Results, a) {
		return b
	}
	return a
}

// Seam is a line between the outputs of two commands. The lesson may show a blank
// line there, or none.
const Seam = "\x00"

// split splits a text into lines without trailing blanks. It drops blank lines at both
// ends, and all but the first of several in a row.
func split(text string) []string {
	var lines []string
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		line = strings.TrimRight(line, " \t\r\n")
		if n := len(lines); n == 0 || line != "" || lines[n-1] != "" {
			lines = append(lines, line)
		}
	}
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

type comparer struct {
	rules   Rules
	wording map[string][]*regexp.Regexp // the printed forms of the lesson's lines
	ignore  []*regexp.Regexp
	lexer   *lexer

	tokenized [2]map[string][]token // the lines of the lesson, and those printed
	cuts      map[string]*regexp.Regexp

	columns []string                     // of the tables
	rows    map[string]map[string]string // the cells of the rows of tables, by the line
}

func newComparer(rules Rules) (*comparer, error) {
	c := &comparer{rules: rules, wording: map[string][]*regexp.Regexp{}, cuts: map[string]*regexp.Regexp{},
		tokenized: [2]map[string][]token{{}, {}}}
	var err error
	if c.lexer, err = newLexer(rules.Patterns); err != nil {
		return nil, err
	}
	for _, pair := range rules.Wording {
		line, err := wholeLine(pair.Printed)
		if err != nil {
			return nil, fmt.Errorf("wording of %q: %w", pair.Lesson, err)
		}
		shown := strings.TrimRight(pair.Lesson, " \t")
		c.wording[shown] = append(c.wording[shown], line)
	}
	for _, pattern := range rules.Ignore {
		line, err := wholeLine(pattern)
		if err != nil {
			return nil, fmt.Errorf("ignore: %w", err)
		}
		c.ignore = append(c.ignore, line)
	}
	return c, nil
}

func wholeLine(pattern string) (*regexp.Regexp, error) {
	return regexp.Compile("^(?:" + pattern + ")$")
}

func matchesAny(patterns []*regexp.Regexp, line string) bool {
	return slices.ContainsFunc(patterns, func(p *regexp.Regexp) bool { return p.MatchString(line) })
}

// match returns Same or Wording if a printed line says what a line of the lesson
// says, and the empty string otherwise.
func (c *comparer) match(lesson, printed string) string {
	switch {
	case c.equal(lesson, printed), lesson == "" && printed == Seam:
		return result.Same
	case matchesAny(c.wording[lesson], printed):
		return result.Wording
	}
	return ""
}

// lines aligns two texts so that as many lines of the lesson as possible match in
// order.
func (c *comparer) lines(lesson, printed []string) []result.Row {
	c.useTables(lesson, printed)
	// best[i][j] is the best score of lesson[i:] against printed[j:].
	best := make([][]int, len(lesson)+1)
	for i := range best {
		best[i] = make([]int, len(printed)+1)
	}
	worth := func(i, j int) int {
		if gapLine.MatchString(lesson[i]) {
			return 0 // any number of lines
		}
		return map[string]int{result.Same: 1000, result.Wording: 999}[c.match(lesson[i], printed[j])]
	}
	for i := len(lesson) - 1; i >= 0; i-- {
		for j := len(printed) - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if w := worth(i, j); w > 0 {
				best[i][j] = max(best[i][j], w+best[i+1][j+1])
			}
		}
	}
	var rows []result.Row
	i, j, open := 0, 0, false // open: a gap of the lesson continues
	for i < len(lesson) || j < len(printed) {
		switch {
		case i < len(lesson) && j < len(printed) && worth(i, j) > 0 && best[i][j] == worth(i, j)+best[i+1][j+1]:
			rows = append(rows, c.pair(lesson[i], printed[j]))
			i, j = i+1, j+1
			open = false
		case i < len(lesson) && gapLine.MatchString(lesson[i]):
			if open = j < len(printed) && best[i][j] == best[i][j+1] && best[i][j] > best[i+1][j]; open {
				rows, j = append(rows, leftOut(printed[j])), j+1
			} else {
				open, i = true, i+1
			}
			continue
		case i < len(lesson) && (j == len(printed) || best[i][j] == best[i+1][j]):
			rows = append(rows, c.missing(lesson[i]))
			i++
		case open:
			rows = append(rows, leftOut(printed[j]))
			j++
			continue
		default:
			if printed[j] != Seam {
				rows = append(rows, c.beside(printed[j]))
			}
			j++
		}
	}
	return rows
}

func (c *comparer) pair(lesson, printed string) result.Row {
	row := result.Row{Lesson: &lesson, Printed: &printed, Kind: c.match(lesson, printed)}
	if printed == Seam {
		row.Printed = &lesson
	}
	if row.Kind == result.Wording {
		row.Note = "in other words"
	} else if note := c.remember(lesson, printed); note != "" {
		row.Kind, row.Note = result.Substance, note
	}
	return row
}

// leftOut returns the row of a printed line in a gap of the lesson.
func leftOut(printed string) result.Row {
	return result.Row{Printed: &printed, Kind: result.Same, Note: "the lesson leaves it out"}
}

// missing returns the row of a line that was not printed.
func (c *comparer) missing(lesson string) result.Row {
	row := result.Row{Lesson: &lesson, Kind: result.Substance, Note: "not printed"}
	if progress.MatchString(lesson) {
		row.Kind, row.Note = result.Wording, "progress that was not printed"
	}
	return row
}

// beside returns the row of a line that was only printed.
func (c *comparer) beside(printed string) result.Row {
	row := result.Row{Printed: &printed, Kind: result.Substance, Note: "not in the lesson"}
	if c.rules.Excerpt {
		row.Kind, row.Note = result.Same, "the lesson shows an excerpt"
	} else if matchesAny(c.ignore, printed) {
		row.Kind = result.Wording
	} else if progress.MatchString(printed) {
		row.Kind, row.Note = result.Wording, "progress"
	}
	return row
}
