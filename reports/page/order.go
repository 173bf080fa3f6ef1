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

// compare orders runs by engine and version, then by the engine's label, and the
// runs of one engine by time.
func compare(a, b result.Document) int {
	return cmp.Or(
		cmp.Compare(a.Engine.Name, b.Engine.Name),
		compareVersions(a.Engine.Version, b.Engine.Version),
		cmp.Compare(a.Engine.Label(), b.Engine.Label()),
		started(a).Compare(started(b)),
		cmp.Compare(a.Run.ID, b.Run.ID),
		cmp.Compare(a.Lesson.Kind, b.Lesson.Kind),
	)
}

func started(d result.Document) time.Time {
	at, _ := time.Parse(time.RFC3339, d.Run.Started) // result.Read rejects invalid times
	return at
}

var versionParts = regexp.MustCompile(`\d+|\D+`)

// compareVersions compares numbers as numbers, so that 9.1 sorts before 20.10.
// It accepts any text: engines use versions that follow no standard.
func compareVersions(a, b string) int {
	return slices.CompareFunc(versionParts.FindAllString(a, -1), versionParts.FindAllString(b, -1), func(a, b string) int {
		x, errX := strconv.ParseUint(a, 10, 64)
		y, errY := strconv.ParseUint(b, 10, 64)
		if errX != nil || errY != nil {
			return cmp.Compare(a, b)
		}
		return cmp.Compare(x, y)
	})
}

// keysOf returns a unique key for each run. The newest run of an engine has the
// engine's label as its key, so that an address with it stays valid when later
// runs are added; older runs add the date, and where needed the time.
func keysOf(runs []judged) []string {
	keys := make([]string, len(runs))
	taken := map[string]bool{}
	for i := len(runs) - 1; i >= 0; i-- { // the last run of an engine is the newest
		label, at := runs[i].Document.Engine.Label(), started(runs[i].Document).UTC()
		second := label + "@" + at.Format("2006-01-02T15.04.05")
		candidates := []string{label, label + "@" + at.Format(time.DateOnly), second}
		for n := 2; keys[i] == ""; n++ {
			for _, key := range candidates {
				if keys[i] == "" && !taken[key] {
					keys[i] = key
				}
			}
			candidates = []string{fmt.Sprintf("%s.%d", second, n)}
		}
		taken[keys[i]] = true
	}
	return keys
}

// frontMatter is the section of a lesson's front matter.
const frontMatter = "front matter"

// sortRows sorts claims into the order of the documents, lessons before the contract:
// sections by their first line, then claims by line. The front matter and sections that the lesson no longer
// has come last.
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
		if at, known := first[of(r)]; !known || line(r) < at {
			first[of(r)] = line(r)
		}
		if r.Section == frontMatter {
			first[of(r)] = math.MaxInt - 1
		}
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(
			cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(a.Lesson, b.Lesson),
			cmp.Compare(first[of(a)], first[of(b)]),
			cmp.Compare(a.Section, b.Section),
			cmp.Compare(line(a), line(b)),
			cmp.Compare(a.ID, b.ID),
		)
	})
}
