package annotated

import (
	"fmt"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/result"
)

// The classes of a mark that is no claim's, and of a claim that a run has not.
const (
	absent    = "absent"
	uncovered = "uncovered"
	prose     = "prose"
	drifted   = "drifted"
)

// rank tells which of the marks on one piece of text is shown.
var rank = map[string]int{prose: 0, absent: 1, result.Holds: 2, uncovered: 3, drifted: 4, result.Unverified: 5, result.Contradicted: 6}

// rankOf is the rank of a class that may say more than its verdict.
func rankOf(class string) int {
	verdict, more, _ := strings.Cut(class, " ")
	of := 2 * rank[verdict]
	if strings.Contains(more, "unexpected") {
		of++
	}
	return of
}

// signs tell apart without colour.
var signs = map[string]string{
	result.Holds: "✓", result.Contradicted: "✗", result.Unverified: "?", absent: "–", uncovered: "∅", drifted: "~", "differs": "≠",
	result.Same: "=", result.Wording: "≈", result.Substance: "≠", result.Fails: "✗", notTyped: "–", made: "+", edited: "±",
}

// titleOf says in a few words which engine a document is about.
func titleOf(d result.Document) string {
	version, _, _ := strings.Cut(d.Engine.Version, "+")
	version, _, _ = strings.Cut(version, "~")
	title := strings.TrimSpace(d.Engine.Name + " " + version)
	if d.Engine.Release != "" {
		title += ", " + d.Engine.Release
	}
	return title
}

// engineView is one engine, and the sums of what it said.
type engineView struct {
	Place    int
	Title    string
	Engine   result.Engine
	Run      result.Run
	Started  string
	Holds    int
	Broken   int // contradicted
	Open     int // unverified
	Unlike   int // decided, and not as catalogued
	Walk     *result.Walk
	Walked   map[string]int // blocks of commands by their result
	Commands int
	Typed    int
	Left     []string // what the run left behind
}

// resultCount is how many commands came to a result.
type resultCount struct {
	Name  string
	Count int
}

// Class is how the result is coloured.
func (r resultCount) Class() string { return strings.ReplaceAll(r.Name, " ", "-") }

// Results are what the walk came to, from near to the lesson to far.
func (e *engineView) Results() (all []resultCount) {
	for _, name := range []string{result.Same, result.Wording, result.Substance, result.Fails, notTyped} {
		if n := e.Walked[name]; n > 0 {
			all = append(all, resultCount{name, n})
		}
	}
	return all
}

// titles names the engines so that no two have one name.
func titles(results []Result) []string {
	seen := map[string]int{}
	for _, r := range results {
		seen[titleOf(r.Verdicts)]++
	}
	var out []string
	taken := map[string]bool{}
	for i, r := range results {
		title := titleOf(r.Verdicts)
		if seen[title] > 1 {
			title += ", " + r.Verdicts.Run.Started
		}
		if taken[title] {
			title = fmt.Sprintf("%s (%d)", title, i+1)
		}
		taken[title] = true
		out = append(out, title)
	}
	return out
}

func engineOf(place int, title string, r Result) *engineView {
	d := r.Verdicts
	e := &engineView{Place: place, Title: title, Engine: d.Engine, Run: d.Run, Walk: r.Walk, Walked: map[string]int{}, Left: d.Leftovers}
	if started, err := time.Parse(time.RFC3339, d.Run.Started); err == nil {
		e.Started = started.UTC().Format("2006-01-02 15:04 UTC")
	}
	for _, c := range d.Claims {
		switch c.Verdict {
		case result.Holds:
			e.Holds++
		case result.Contradicted:
			e.Broken++
		default:
			e.Open++
		}
		if c.Surprising() {
			e.Unlike++
		}
	}
	if r.Walk == nil {
		return e
	}
	for _, b := range r.Walk.Blocks {
		if b.Kind != "command" {
			continue
		}
		e.Commands++
		if b.Typed {
			e.Typed++
		}
		e.Walked[resultOf(b)]++
	}
	return e
}
