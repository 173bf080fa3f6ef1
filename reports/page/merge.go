package page

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/result"
)

// index is the data that the page shows first.
type index struct {
	Runs   []column `json:"runs"`
	Claims []row    `json:"claims"` // in the lesson's order
	Speeds []speed  `json:"speeds"` // runs of `make speed`
}

// speed is one run of `make speed`.
type speed struct {
	Label   string          `json:"label"` // of the engine
	Run     result.Run      `json:"run"`
	Engine  result.Engine   `json:"engine"`
	Figures []result.Figure `json:"figures"`
}

// column is one run.
type column struct {
	Key       string           `json:"key"`   // identifies the run in the page's address
	Label     string           `json:"label"` // of the engine; runs on one engine share it
	Source    string           `json:"source"`
	Run       result.Run       `json:"run"`
	Engine    result.Engine    `json:"engine"`
	Lesson    result.Lesson    `json:"lesson"`
	Matrix    []result.Cell    `json:"matrix"`
	Drift     []result.Drift   `json:"drift"`
	Uncovered []result.Passage `json:"uncovered"`
	Leftovers []string         `json:"leftovers"`
}

// row is one claim, as the newest run that has it catalogues it.
type row struct {
	ID string `json:"id"`
	entry
	Cells string `json:"cells"` // one letter for each run, see letter
}

// entry is what the catalogue says of a claim. It may change between runs.
type entry struct {
	Lesson    string            `json:"lesson"`
	Section   string            `json:"section"`
	Line      int               `json:"line"`
	Quote     string            `json:"quote"`
	Erratum   *result.Erratum   `json:"erratum,omitempty"`
	Deviation *result.Deviation `json:"deviation,omitempty"`
}

// detail is what the cells of one run show when they are opened. The page parses
// it only then, so that it does not delay the page.
type detail struct {
	Cells    map[int]cell        `json:"cells"` // by the claim's position in index.Claims
	Specs    [][]result.Spec     `json:"specs"`
	Evidence [][]result.Evidence `json:"evidence"`
}

// cell is one verdict. Claims that one spec decides share its evidence.
type cell struct {
	Expected    string              `json:"expected"`
	Reason      string              `json:"reason,omitempty"`
	Substitutes []result.Substitute `json:"substitutes,omitempty"`
	Specs       int                 `json:"specs"`         // position in detail.Specs
	Evidence    int                 `json:"evidence"`      // position in detail.Evidence
	Own         *entry              `json:"own,omitempty"` // where it differs from the row's
}

// none is the letter of a run that lacks the claim.
const none = '-'

// letter returns the first letter of a verdict, in upper case where the verdict
// is not as catalogued.
func letter(c result.Claim) string {
	if c.Surprising() {
		return strings.ToUpper(c.Verdict[:1])
	}
	return c.Verdict[:1]
}

func entryOf(d result.Document, c result.Claim) entry {
	return entry{d.Lesson.ID, c.Section, c.Line, c.Quote, c.Erratum, c.Deviation}
}

// merge puts runs side by side. A run that is given twice counts once.
func merge(sources []Source) (index, []detail) {
	sources, speeds := split(arrange(sources))
	rows := collect(sources)
	position := map[string]int{}
	for i := range rows {
		rows[i].Cells = strings.Repeat(string(none), len(sources))
		position[rows[i].ID] = i
	}
	details := make([]detail, len(sources))
	for i, source := range sources {
		details[i].Cells = map[int]cell{}
		var specs, evidence pool
		for _, claim := range source.Document.Claims {
			at := position[claim.ID]
			cells := rows[at].Cells
			rows[at].Cells = cells[:i] + letter(claim) + cells[i+1:]
			one := cell{Expected: claim.Expected, Reason: claim.Reason, Substitutes: claim.Substitutes,
				Specs: share(&specs, &details[i].Specs, claim.Specs), Evidence: share(&evidence, &details[i].Evidence, claim.Evidence)}
			if own := entryOf(source.Document, claim); !reflect.DeepEqual(own, rows[at].entry) {
				one.Own = &own
			}
			details[i].Cells[at] = one
		}
	}
	return index{columns(sources), rows, speeds}, details
}

// split separates the runs that judged claims from those that measured speeds.
func split(sources []Source) (judged []Source, speeds []speed) {
	speeds = []speed{}
	for _, source := range sources {
		if d := source.Document; len(d.Figures) > 0 {
			speeds = append(speeds, speed{d.Engine.Label(), d.Run, d.Engine, d.Figures})
		} else {
			judged = append(judged, source)
		}
	}
	return judged, speeds
}

// arrange sorts the runs and drops duplicates.
func arrange(sources []Source) []Source {
	var kept []Source
	for _, source := range sources {
		if !slices.ContainsFunc(kept, func(k Source) bool { return reflect.DeepEqual(k.Document, source.Document) }) {
			kept = append(kept, source)
		}
	}
	slices.SortStableFunc(kept, func(a, b Source) int { return compare(a.Document, b.Document) })
	return kept
}

// collect returns every claim of any run, in the lesson's order.
func collect(sources []Source) []row {
	byAge := slices.SortedStableFunc(slices.Values(sources), func(a, b Source) int { return started(a.Document).Compare(started(b.Document)) })
	newest := map[string]entry{}
	for _, source := range byAge {
		for _, claim := range source.Document.Claims {
			newest[claim.ID] = entryOf(source.Document, claim)
		}
	}
	rows := make([]row, 0, len(newest))
	for id, entry := range newest {
		rows = append(rows, row{ID: id, entry: entry})
	}
	sortRows(rows)
	return rows
}

// pool maps the JSON of a list to its position.
type pool map[string]int

// share returns the position of a list in all, and appends it if it is new.
func share[T any](p *pool, all *[][]T, list []T) int {
	data, _ := json.Marshal(list) // never fails for strings and numbers
	key := string(data)
	if *p == nil {
		*p = pool{}
	}
	at, known := (*p)[key]
	if !known {
		at = len(*all)
		(*p)[key] = at
		*all = append(*all, append([]T{}, list...))
	}
	return at
}

func columns(sources []Source) []column {
	keys := keysOf(sources)
	columns := make([]column, len(sources))
	for i, source := range sources {
		d := source.Document
		columns[i] = column{keys[i], d.Engine.Label(), source.Path, d.Run, d.Engine, d.Lesson, d.Matrix, d.Drift, d.Uncovered, d.Leftovers}
	}
	return columns
}
