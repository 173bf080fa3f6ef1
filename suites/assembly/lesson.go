package assembly

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/holdfast/holdfast/fixtures/lessons"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/helpers/settings"
	"github.com/holdfast/holdfast/reports/verdicts"
)

// locate finds each claim's line in its lesson, notes the drift, and names the lesson.
func (r *run) locate(document *verdicts.Document) (lines map[string]int, err error) {
	lines = map[string]int{}
	for _, file := range r.catalogue.Files {
		parsed, err := readLesson(file.Lesson)
		if err != nil {
			return nil, err
		}
		document.Lesson = verdicts.Lesson{ID: parsed.ID, SHA256: parsed.SHA256}
		for _, claim := range file.Claims {
			place, drift := parsed.Locate(quoted(claim.Quote))
			if drift.Kind != lesson.None {
				document.Drift = append(document.Drift, verdicts.Drift{Claim: claim.ID, Kind: string(drift.Kind), Detail: drift.String()})
			}
			lines[claim.ID] = place.Line
		}
	}
	return lines, nil
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
