// Package output compares what a lesson says is printed with what was printed:
// line by line, with tokens that have a type (a time, an id, a size), and JSON
// key by key. It never asks how like two texts are: a list without the one volume
// that it is about is 97 % alike.
package output

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/result"
)

// Rules are what is known of an output beyond its text.
type Rules struct {
	// Wording names lines that say the same in other words.
	Wording []Pair
	// Besides are regular expressions of whole lines that are printed and say
	// nothing that the lesson would have to show.
	Besides []string
	// Excerpt: the lesson shows some of the lines only.
	Excerpt bool
	// Project is the Compose project: by what name the lesson has it, and what it is.
	Project [2]string
	// Names remembers what the lesson's times and ids stood for: the same one
	// must stand for the same again. It may serve several outputs; nil for one.
	Names Names
}

// Pair is a line of the lesson, and what says the same.
type Pair struct {
	Lesson  string // the line, as it is
	Printed string // a regular expression of a whole line
}

// Names are what tokens of the lesson stood for.
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

// worse returns the kind that is farther from the lesson.
func worse(a, b string) string {
	if slices.Index(result.Results, b) > slices.Index(result.Results, a) {
		return b
	}
	return a
}

// split cuts a text into lines, without blanks at their ends and without blank
// lines around.
func split(text string) []string {
	var lines []string
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		lines = append(lines, strings.TrimRight(line, " \t\r\n"))
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
	wording []struct {
		lesson  string
		printed *regexp.Regexp
	}
	besides []*regexp.Regexp
}

func newComparer(rules Rules) (*comparer, error) {
	c := &comparer{rules: rules}
	for _, pair := range rules.Wording {
		whole, err := whole(pair.Printed)
		if err != nil {
			return nil, fmt.Errorf("wording of %q: %w", pair.Lesson, err)
		}
		c.wording = append(c.wording, struct {
			lesson  string
			printed *regexp.Regexp
		}{strings.TrimRight(pair.Lesson, " \t"), whole})
	}
	for _, pattern := range rules.Besides {
		whole, err := whole(pattern)
		if err != nil {
			return nil, fmt.Errorf("besides: %w", err)
		}
		c.besides = append(c.besides, whole)
	}
	return c, nil
}

func whole(pattern string) (*regexp.Regexp, error) { return regexp.Compile("^(?:" + pattern + ")$") }

// says tells how a printed line says what a line of the lesson does.
func (c *comparer) says(lesson, printed string) (string, bool) {
	if c.equal(lesson, printed) {
		return result.Same, true
	}
	for _, pair := range c.wording {
		if pair.lesson == lesson && pair.printed.MatchString(printed) {
			return result.Wording, true
		}
	}
	return "", false
}

// lines aligns two texts so that as much as possible of the lesson is found in
// its order, and says what is left.
func (c *comparer) lines(lesson, printed []string) []result.Row {
	// best[i][j] is the best score of lesson[i:] against printed[j:].
	best := make([][]int, len(lesson)+1)
	for i := range best {
		best[i] = make([]int, len(printed)+1)
	}
	worth := func(i, j int) int {
		switch kind, ok := c.says(lesson[i], printed[j]); {
		case !ok:
			return 0
		case kind == result.Same:
			return 1000
		}
		return 999
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
	i, j := 0, 0
	for i < len(lesson) || j < len(printed) {
		switch {
		case i < len(lesson) && j < len(printed) && worth(i, j) > 0 && best[i][j] == worth(i, j)+best[i+1][j+1]:
			rows = append(rows, c.pair(lesson[i], printed[j]))
			i, j = i+1, j+1
		case i < len(lesson) && (j == len(printed) || best[i][j] == best[i+1][j]):
			rows = append(rows, result.Row{Lesson: &lesson[i], Kind: result.Substance, Note: "not printed"})
			i++
		default:
			rows = append(rows, c.beside(printed[j]))
			j++
		}
	}
	return rows
}

func (c *comparer) pair(lesson, printed string) result.Row {
	kind, _ := c.says(lesson, printed)
	row := result.Row{Lesson: &lesson, Printed: &printed, Kind: kind}
	switch {
	case kind == result.Wording:
		row.Note = "in other words"
	default:
		if note := c.remember(lesson, printed); note != "" {
			row.Kind, row.Note = result.Substance, note
		}
	}
	return row
}

// beside is a line that only was printed.
func (c *comparer) beside(printed string) result.Row {
	row := result.Row{Printed: &printed, Kind: result.Substance, Note: "not in the lesson"}
	if c.rules.Excerpt {
		row.Kind, row.Note = result.Same, "the lesson shows an excerpt"
		return row
	}
	for _, pattern := range c.besides {
		if pattern.MatchString(printed) {
			row.Kind = result.Wording
		}
	}
	return row
}
