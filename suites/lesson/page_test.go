package lesson

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/holdfast/holdfast/reports/annotated"
	"github.com/holdfast/holdfast/reports/verdicts"
	"github.com/holdfast/holdfast/suites/assembly"
)

// page writes the annotated lesson: this run's results, and what earlier runs
// found of the same text on other engines.
func page(o assembly.Outcome) error {
	walk, err := walked(o.Folder, o.Text.SHA256)
	if err != nil {
		return err
	}
	results := []annotated.Result{{Verdicts: o.Document, Walk: walk}}
	others, err := filepath.Glob(filepath.Join(o.Out, "*", "lesson", below(o), "verdicts.json"))
	if err != nil {
		return err
	}
	for _, name := range others {
		if filepath.Dir(name) == filepath.Clean(o.Folder) {
			continue
		}
		document, err := verdicts.Read(name)
		if err != nil {
			fmt.Fprintf(o.Console, "left out of the annotated lesson: %v\n", err)
			continue
		}
		if document.Lesson.SHA256 != o.Text.SHA256 || document.Run.Filtered {
			continue // of another text, or of a part of it
		}
		walk, err := walked(filepath.Dir(name), o.Text.SHA256)
		if err != nil {
			fmt.Fprintf(o.Console, "left out of the annotated lesson: %v\n", err)
		}
		results = append(results, annotated.Result{Verdicts: document, Walk: walk})
	}
	var written bytes.Buffer
	if err := annotated.Render(&written, o.Text.Source, results); err != nil {
		return err
	}
	return replace(report(o)+".html", written.Bytes())
}

// walked is what a walk of this text left in a folder, nil where none did.
func walked(folder, sum string) (*annotated.Walk, error) {
	walk, err := annotated.ReadWalk(filepath.Join(folder, "walk.json"))
	if errors.Is(err, fs.ErrNotExist) || err == nil && walk.Lesson.SHA256 != sum {
		return nil, nil
	}
	return walk, err
}
