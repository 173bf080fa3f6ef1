package page

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/holdfast/holdfast/helpers/result"
)

// byEngine orders runs: engine, version, then what tells equal versions apart,
// and the runs of one engine by their time.
func byEngine(a, b result.Document) int {
	return cmp.Or(
		cmp.Compare(a.Engine.Name, b.Engine.Name),
		compareVersions(a.Engine.Version, b.Engine.Version),
		cmp.Compare(a.Engine.Label(), b.Engine.Label()),
		started(a).Compare(started(b)),
		cmp.Compare(a.Run.ID, b.Run.ID),
	)
}

func started(d result.Document) time.Time {
	at, _ := time.Parse(time.RFC3339, d.Run.Started) // Read refused what has none
	return at
}

var parts = regexp.MustCompile(`\d+|\D+`)

// compareVersions compares numbers as numbers: 9.1 comes before 20.10. It takes
// any text: engines name versions that no standard knows.
func compareVersions(a, b string) int {
	return slices.CompareFunc(parts.FindAllString(a, -1), parts.FindAllString(b, -1), func(a, b string) int {
		x, errX := strconv.ParseUint(a, 10, 64)
		y, errY := strconv.ParseUint(b, 10, 64)
		if errX != nil || errY != nil {
			return cmp.Compare(a, b)
		}
		return cmp.Compare(x, y)
	})
}

// keysOf names each run. The newest of an engine has its label alone: an
// address with it still leads to the engine when the page is built anew.
func keysOf(sources []Source) []string {
	keys := make([]string, len(sources))
	taken := map[string]bool{}
	for i := len(sources) - 1; i >= 0; i-- { // within an engine the last is the newest
		d := sources[i].Document
		at := started(d).UTC()
		base := d.Engine.Label()
		keys[i] = base
		for n, attempt := range []string{"@" + at.Format(time.DateOnly), "@" + at.Format("2006-01-02T15.04.05")} {
			if taken[keys[i]] {
				keys[i] = base + attempt
			}
			for serial := 2; n == 1 && taken[keys[i]]; serial++ {
				keys[i] = fmt.Sprintf("%s%s.%d", base, attempt, serial)
			}
		}
		taken[keys[i]] = true
	}
	return keys
}

// frontMatter is the section of what stands before a lesson's text.
const frontMatter = "front matter"

// sortRows brings claims into the lesson's order: sections by their first line,
// claims by theirs, then its front matter, and what it no longer has at the end.
func sortRows(rows []row) {
	type section struct{ lesson, name string }
	of := func(r row) section { return section{r.Lesson, r.Section} }
	line := func(r row) int {
		if r.Line <= 0 {
			return math.MaxInt
		}
		return r.Line
	}
	first := map[section]int{}
	for _, r := range rows {
		if r.Section == frontMatter { // its lines come first; nobody reads it first
			first[of(r)] = math.MaxInt - 1
			continue
		}
		if at, known := first[of(r)]; !known || line(r) < at {
			first[of(r)] = line(r)
		}
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(
			cmp.Compare(a.Lesson, b.Lesson),
			cmp.Compare(first[of(a)], first[of(b)]),
			cmp.Compare(a.Section, b.Section),
			cmp.Compare(line(a), line(b)),
			cmp.Compare(a.ID, b.ID),
		)
	})
}
