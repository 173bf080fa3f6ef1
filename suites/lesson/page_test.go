package lesson

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/holdfast/holdfast/helpers/lesson/library"
	"github.com/holdfast/holdfast/helpers/lesson/text"
	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/reports/annotated"
	"github.com/holdfast/holdfast/suites/assembly"
)

// page writes the annotated lesson with the results of this run, and of earlier
// runs of the same text on other engines.
func page(o assembly.Outcome) error {
	walk, err := walked(o.Dir, o.Text.SHA256)
	if err != nil {
		return err
	}
	results := []annotated.Result{{Verdicts: o.Document, Walk: walk}}
	others, err := filepath.Glob(filepath.Join(o.Out, "*", "lesson", library.Subdirectory(o.Text.ID), "verdicts.json"))
	if err != nil {
		return err
	}
	for _, name := range others {
		if filepath.Dir(name) == filepath.Clean(o.Dir) {
			continue
		}
		document, err := result.Read(name)
		if err != nil {
			fmt.Fprintf(o.Console, "not in the annotated lesson: %v\n", err)
			continue
		}
		if document.Lesson.SHA256 != o.Text.SHA256 || document.Run.Filtered {
			continue // it is about another text, or incomplete
		}
		walk, err := walked(filepath.Dir(name), o.Text.SHA256)
		if err != nil {
			fmt.Fprintf(o.Console, "not in the annotated lesson: %v\n", err)
		}
		results = append(results, annotated.Result{Verdicts: document, Walk: walk})
	}
	var written bytes.Buffer
	if err := annotated.Render(&written, o.Text.Source, results); err != nil {
		return err
	}
	return result.WriteFile(report(o)+".html", written.Bytes())
}

// walked reads the walk of this text from a directory; nil where there is none.
func walked(dir, sum string) (*result.Walk, error) {
	walk, err := result.ReadWalk(filepath.Join(dir, "walk.json"))
	if errors.Is(err, fs.ErrNotExist) || err == nil && walk.Lesson.SHA256 != sum {
		return nil, nil
	}
	return walk, err
}

// steps prints a summary of this run's walk. It returns the blocks whose result no
// erratum explains.
func steps(o assembly.Outcome) (unexplained []string, err error) {
	began, err := time.Parse(time.RFC3339, o.Document.Run.Started)
	if err != nil {
		return nil, err
	}
	if written, err := os.Stat(filepath.Join(o.Dir, "walk.json")); err != nil || written.ModTime().Before(began) {
		return nil, nil // this run did not walk
	}
	walk, err := walked(o.Dir, o.Text.SHA256)
	if walk == nil {
		return nil, err
	}
	results, reasons := map[string]int{}, map[string]int{}
	typed, commands := 0, 0
	for _, block := range walk.Blocks {
		switch {
		case block.Kind != "command":
			continue
		case block.Typed:
			typed++
			results[block.Result]++
		default:
			reasons[block.Reason]++
		}
		commands++
	}
	fmt.Fprintf(o.Console, "\nThe walk: %d of %d command blocks typed in %.0f s; %d print what the lesson shows, %d differ in wording, %d in substance, %d fail.\n",
		typed, commands, walk.Seconds, results[result.Same], results[result.Wording], results[result.Substance], results[result.Fails])
	for reason, count := range reasons {
		fmt.Fprintf(o.Console, "  %d not typed: %s\n", count, reason)
	}
	if typed == 0 && commands > 0 && !o.Ran {
		return nil, errors.New("only the walk was selected, and it typed nothing")
	}
	unexplained = text.Unexplained(o.Text, o.Document, walk)
	for _, each := range unexplained {
		fmt.Fprintf(o.Console, "  %s\n", each)
	}
	return unexplained, nil
}
