package page

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/result"
)

// index is what the page shows at first sight.
type index struct {
	Runs   []column `json:"runs"`
	Claims []row    `json:"claims"` // in the lesson's order
}

// column is one run.
type column struct {
	Key       string           `json:"key"`   // names it in the page's address
	Label     string           `json:"label"` // of the engine: two runs of one engine share it
	Source    string           `json:"source"`
	Run       result.Run       `json:"run"`
	Engine    result.Engine    `json:"engine"`
	Lesson    result.Lesson    `json:"lesson"`
	Matrix    []result.Cell    `json:"matrix"`
	Drift     []result.Drift   `json:"drift"`
	Uncovered []result.Passage `json:"uncovered"`
	Leftovers []string         `json:"leftovers"`
}

// row is one claim, in the words of the newest run that has it.
type row struct {
	ID string `json:"id"`
	words
	Cells string `json:"cells"` // one letter for each run, see letter
}

// words are what the catalogue says of a claim. It may have changed between runs.
type words struct {
	Lesson    string            `json:"lesson"`
	Section   string            `json:"section"`
	Line      int               `json:"line"`
	Quote     string            `json:"quote"`
	Erratum   *result.Erratum   `json:"erratum,omitempty"`
	Deviation *result.Deviation `json:"deviation,omitempty"`
}

// detail is what cells of one run open. The page parses it when one is opened,
// so that its size costs nothing before.
type detail struct {
	Cells    map[int]cell        `json:"cells"` // by the claim's place in index.Claims
	Specs    [][]result.Spec     `json:"specs"`
	Evidence [][]result.Evidence `json:"evidence"`
}

// cell is one verdict. Claims that one spec decides share its evidence.
type cell struct {
	Expected    string              `json:"expected"`
	Reason      string              `json:"reason,omitempty"`
	Substitutes []result.Substitute `json:"substitutes,omitempty"`
	Specs       int                 `json:"specs"`
	Evidence    int                 `json:"evidence"`
	Own         *words              `json:"own,omitempty"` // where they are not the row's
}

// none is the letter of a run that knows nothing of a claim.
const none = '-'

// letter is a verdict in one letter, a capital where it is not as catalogued.
func letter(c result.Claim) byte {
	code := c.Verdict[0]
	if c.Surprising() {
		code -= 'a' - 'A'
	}
	return code
}

func wordsOf(d result.Document, c result.Claim) words {
	return words{d.Lesson.ID, c.Section, c.Line, c.Quote, c.Erratum, c.Deviation}
}

// merge puts runs side by side. A run that is given twice counts once.
func merge(sources []Source) (index, []detail) {
	sources = arranged(sources)
	rows := gather(sources)
	places := map[string]int{}
	for i := range rows {
		rows[i].Cells = strings.Repeat(string(none), len(sources))
		places[rows[i].ID] = i
	}
	merged := index{Runs: columns(sources), Claims: rows}
	details := make([]detail, len(sources))
	for i, source := range sources {
		d := source.Document
		details[i] = detail{Cells: map[int]cell{}, Specs: [][]result.Spec{}, Evidence: [][]result.Evidence{}}
		var specs, evidence pool
		for _, claim := range d.Claims {
			place := places[claim.ID]
			line := []byte(rows[place].Cells)
			line[i] = letter(claim)
			rows[place].Cells = string(line)
			one := cell{
				Expected: claim.Expected, Reason: claim.Reason, Substitutes: claim.Substitutes,
				Specs: share(&specs, &details[i].Specs, claim.Specs), Evidence: share(&evidence, &details[i].Evidence, claim.Evidence),
			}
			if own := wordsOf(d, claim); !reflect.DeepEqual(own, rows[place].words) {
				one.Own = &own
			}
			details[i].Cells[place] = one
		}
	}
	return merged, details
}

// arranged drops what is there twice and brings the runs into their order.
func arranged(sources []Source) []Source {
	var kept []Source
	for _, source := range sources {
		if !slices.ContainsFunc(kept, func(k Source) bool { return reflect.DeepEqual(k.Document, source.Document) }) {
			kept = append(kept, source)
		}
	}
	slices.SortStableFunc(kept, func(a, b Source) int { return byEngine(a.Document, b.Document) })
	return kept
}

// gather returns every claim of any run, in the lesson's order.
func gather(sources []Source) []row {
	byAge := slices.Clone(sources)
	slices.SortStableFunc(byAge, func(a, b Source) int { return started(a.Document).Compare(started(b.Document)) })
	newest := map[string]words{}
	for _, source := range byAge {
		for _, claim := range source.Document.Claims {
			newest[claim.ID] = wordsOf(source.Document, claim)
		}
	}
	rows := make([]row, 0, len(newest))
	for id, words := range newest {
		rows = append(rows, row{ID: id, words: words})
	}
	sortRows(rows)
	return rows
}

// pool finds lists that were there before.
type pool map[string]int

// share returns the place of a list in all, to which it is added where it is new.
func share[T any](p *pool, all *[][]T, list []T) int {
	data, _ := json.Marshal(list) // of strings and numbers: it cannot fail
	key := string(data)
	if *p == nil {
		*p = pool{}
	}
	place, known := (*p)[key]
	if !known {
		place = len(*all)
		(*p)[key] = place
		*all = append(*all, append([]T{}, list...))
	}
	return place
}

func columns(sources []Source) []column {
	keys := keysOf(sources)
	columns := make([]column, len(sources))
	for i, source := range sources {
		d := source.Document
		columns[i] = column{
			Key: keys[i], Label: d.Engine.Label(), Source: source.Path, Run: d.Run, Engine: d.Engine, Lesson: d.Lesson,
			Matrix: d.Matrix, Drift: d.Drift, Uncovered: d.Uncovered, Leftovers: d.Leftovers,
		}
	}
	return columns
}
