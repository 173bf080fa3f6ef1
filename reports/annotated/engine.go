package annotated

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/result"
)

// engineView is one engine and its totals.
type engineView struct {
	Index                           int
	Title                           string
	Engine                          result.Engine
	Run                             result.Run
	Started                         string
	Holds, Contradicted, Unverified int
	Unexpected                      int // verdicts that are not as catalogued
	Walk                            *result.Walk
	Commands, Typed                 int
	Leftovers                       []string

	results map[string]int // command blocks by result
}

// resultCount is the number of commands with one result.
type resultCount struct {
	Name  string
	Count int
}

// Class returns the CSS class of the result.
func (r resultCount) Class() string { return strings.ReplaceAll(r.Name, " ", "-") }

// Results returns the results of the walk, from near to the lesson to far.
func (e *engineView) Results() (all []resultCount) {
	for _, name := range append(slices.Clone(result.Results), notTyped) {
		if n := e.results[name]; n > 0 {
			all = append(all, resultCount{name, n})
		}
	}
	return all
}

var packageRevision = regexp.MustCompile(`[+~].*`)

// titleOf returns a short title without the package revision: "docker 26.1.5, docker-trixie".
func titleOf(e result.Engine) string {
	e.Version = packageRevision.ReplaceAllString(e.Version, "")
	if e.Release != "" {
		return e.String() + ", " + e.Release
	}
	return e.String()
}

// titles returns a unique title for each engine.
func titles(results []Result) []string {
	count, taken := map[string]int{}, map[string]bool{}
	for _, r := range results {
		count[titleOf(r.Verdicts.Engine)]++
	}
	all := make([]string, len(results))
	for i, r := range results {
		title := titleOf(r.Verdicts.Engine)
		if count[title] > 1 {
			title += ", " + r.Verdicts.Run.Started
		}
		if taken[title] {
			title = fmt.Sprintf("%s (%d)", title, i+1)
		}
		all[i], taken[title] = title, true
	}
	return all
}

func newEngine(index int, title string, r Result) *engineView {
	d := r.Verdicts
	e := &engineView{Index: index, Title: title, Engine: d.Engine, Run: d.Run, Walk: r.Walk, Leftovers: d.Leftovers, results: map[string]int{}}
	if started, err := time.Parse(time.RFC3339, d.Run.Started); err == nil {
		e.Started = started.UTC().Format("2006-01-02 15:04 UTC")
	}
	for _, c := range d.Claims {
		switch c.Verdict {
		case result.Holds:
			e.Holds++
		case result.Contradicted:
			e.Contradicted++
		default:
			e.Unverified++
		}
		if c.Surprising() {
			e.Unexpected++
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
		e.results[resultOf(b)]++
	}
	return e
}
