package page

import (
	"encoding/json"
	"iter"
	"reflect"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/result"
)

// index is the data that the page shows first.
type index struct {
	Runs   []column `json:"runs"`
	Claims []row    `json:"claims"` // in the order of the documents: lessons, then the contract
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
	Lessons   []result.Lesson  `json:"lessons"` // the documents that the run judged
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
	Kind      string            `json:"kind,omitempty"` // of the document
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
	return entry{d.Lesson.ID, d.Lesson.Kind, c.Section, c.Line, c.Quote, c.Erratum, c.Deviation}
}

// merge puts runs side by side. A run that is given twice counts once.
func merge(sources []Source) (index, []detail) {
	judgments, speeds := split(arrange(sources))
	runs := join(judgments)
	rows := collect(runs)
	position := map[string]int{}
	for i := range rows {
		rows[i].Cells = strings.Repeat(string(none), len(runs))
		position[rows[i].ID] = i
	}
	details := make([]detail, len(runs))
	for i, run := range runs {
		details[i].Cells = map[int]cell{}
		var specs, evidence pool
		for document, claim := range run.claims() {
			at := position[claim.ID]
			cells := rows[at].Cells
			rows[at].Cells = cells[:i] + letter(claim) + cells[i+1:]
			one := cell{Expected: claim.Expected, Reason: claim.Reason, Substitutes: claim.Substitutes,
				Specs: share(&specs, &details[i].Specs, claim.Specs), Evidence: share(&evidence, &details[i].Evidence, claim.Evidence)}
			if own := entryOf(document, claim); !reflect.DeepEqual(own, rows[at].entry) {
				one.Own = &own
			}
			details[i].Cells[at] = one
		}
	}
	return index{columns(runs), rows, speeds}, details
}

// split separates the runs that judged claims from those that measured speeds.
func split(sources []Source) (judgments []Source, speeds []speed) {
	speeds = []speed{}
	for _, source := range sources {
		if d := source.Document; len(d.Figures) > 0 {
			speeds = append(speeds, speed{d.Engine.Label(), d.Run, d.Engine, d.Figures})
		} else {
			judgments = append(judgments, source)
		}
	}
	return judgments, speeds
}

// judged is one run and what it found of each document.
type judged struct {
	Source    // of the first document
	documents []result.Document
}

// claims returns the claims of a run with their documents.
func (j judged) claims() iter.Seq2[result.Document, result.Claim] {
	return func(yield func(result.Document, result.Claim) bool) {
		for _, document := range j.documents {
			for _, claim := range document.Claims {
				if !yield(document, claim) {
					return
				}
			}
		}
	}
}

// join puts the documents of one run together: the lesson's and the contract's.
func join(sources []Source) (runs []judged) {
	for _, source := range sources {
		d := source.Document
		at := slices.IndexFunc(runs, func(j judged) bool {
			first := j.Document
			return first.Run.ID == d.Run.ID && first.Engine.Label() == d.Engine.Label() &&
				!slices.ContainsFunc(j.documents, func(other result.Document) bool { return other.Lesson.ID == d.Lesson.ID })
		})
		if at < 0 {
			runs = append(runs, judged{source, []result.Document{d}})
			continue
		}
		runs[at].documents = append(runs[at].documents, d)
	}
	return runs
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

// collect returns every claim of any run, in the order of the documents.
func collect(runs []judged) []row {
	byAge := slices.SortedStableFunc(slices.Values(runs), func(a, b judged) int { return started(a.Document).Compare(started(b.Document)) })
	newest := map[string]entry{}
	for _, run := range byAge {
		for document, claim := range run.claims() {
			newest[claim.ID] = entryOf(document, claim)
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

func columns(runs []judged) []column {
	keys := keysOf(runs)
	columns := make([]column, len(runs))
	for i, run := range runs {
		first := run.Document
		c := column{Key: keys[i], Label: first.Engine.Label(), Source: run.Path, Run: first.Run, Engine: first.Engine,
			Matrix: []result.Cell{}, Drift: []result.Drift{}, Uncovered: []result.Passage{}, Leftovers: first.Leftovers}
		for _, d := range run.documents {
			c.Lessons, c.Matrix, c.Drift, c.Uncovered = append(c.Lessons, d.Lesson), append(c.Matrix, d.Matrix...), append(c.Drift, d.Drift...), append(c.Uncovered, d.Uncovered...)
		}
		columns[i] = c
	}
	return columns
}
