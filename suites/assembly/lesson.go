package assembly

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/fixtures/lessons"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/helpers/settings"
	"github.com/holdfast/holdfast/reports/verdicts"
)

// locate finds each claim's line in its lesson, and notes the drift, what
// nobody claims, and which lesson it is.
func (r *run) locate(document *verdicts.Document) (lines map[string]int, err error) {
	lines = map[string]int{}
	for _, id := range r.lessons() {
		parsed, err := readLesson(id)
		if err != nil {
			return nil, err
		}
		document.Lesson = verdicts.Lesson{ID: parsed.ID, SHA256: parsed.SHA256}
		names, quotes := r.quotes(id)
		var located []lesson.Location
		for i, found := range parsed.LocateAll(quotes) {
			lines[names[i]] = found.Location.Line
			if found.Drift.Kind == lesson.None {
				located = append(located, found.Location)
				continue
			}
			document.Drift = append(document.Drift, verdicts.Drift{Claim: names[i], Kind: string(found.Drift.Kind), Detail: found.Drift.String()})
		}
		for _, statement := range parsed.Uncovered(located) {
			document.Uncovered = append(document.Uncovered, verdicts.Passage{Line: statement.Line, Text: statement.Text})
		}
	}
	return lines, nil
}

// lessons lists the lessons that are claimed of, each once.
func (r *run) lessons() (ids []string) {
	for _, file := range r.catalogue.Files {
		if !slices.Contains(ids, file.Lesson) {
			ids = append(ids, file.Lesson)
		}
	}
	return ids
}

// quotes lists what the catalogue quotes of a lesson, claims and prose, and
// what each is called: a claim by its id, prose by where it is listed.
func (r *run) quotes(id string) (names []string, quotes []lesson.Quote) {
	for _, file := range r.catalogue.Files {
		if file.Lesson != id {
			continue
		}
		for _, claim := range file.Claims {
			names, quotes = append(names, claim.ID), append(quotes, quoted(claim.Quote))
		}
		for _, prose := range file.Prose {
			names, quotes = append(names, fmt.Sprintf("prose in %s:%d", prose.File, prose.Line)), append(quotes, quoted(prose.Quote))
		}
	}
	return names, quotes
}

func quoted(q claims.Quote) lesson.Quote {
	return lesson.Quote{Section: q.Section, Exact: q.Quote, Prefix: q.Prefix, Suffix: q.Suffix, Block: q.Block, Nth: q.Nth}
}

func readLesson(id string) (*lesson.Lesson, error) {
	if path := settings.Lesson.Get(); path != "" && strings.TrimSuffix(filepath.Base(path), ".md") == id {
		path, err := sandbox.AtRoot(path)
		if err != nil {
			return nil, err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("reading the lesson that %s names: %w", settings.Lesson.Name, err)
		}
		return lesson.Parse(id, data)
	}
	data, err := lessons.Files.ReadFile(id + ".md")
	if err != nil {
		return nil, fmt.Errorf("there is no lesson %q in fixtures/lessons: %w", id, err)
	}
	return lesson.Parse(id, data)
}
