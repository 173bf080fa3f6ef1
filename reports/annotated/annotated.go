// Package annotated builds the annotated lesson: the lesson's text with each
// claim marked by its verdict, and below each block what came of typing it. The
// page is one HTML file that needs no network.
package annotated

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io"

	"github.com/holdfast/holdfast/helpers/result"
)

// Result is what one engine reported about the lesson.
type Result struct {
	Verdicts result.Document
	Walk     *result.Walk // nil if the lesson was not walked on it
}

// Render writes the annotated lesson, or nothing if it fails. source is the
// lesson's Markdown; results about any other text are an error that names them.
// The page first shows the verdicts of the first engine.
func Render(w io.Writer, source []byte, results []Result) error {
	if err := validate(source, results); err != nil {
		return err
	}
	templates, err := parseTemplates()
	if err != nil {
		return err
	}
	view := newView(source, results)
	annotator := newAnnotator(source, view.marks(source))
	text, err := annotator.render(view.blocks, templates)
	if err != nil {
		return err
	}
	view.Lesson = template.HTML(text)
	view.addUnplaced(annotator)
	frame, err := newFrame(view)
	if err != nil {
		return err
	}
	var page bytes.Buffer
	if err := templates.ExecuteTemplate(&page, "lesson.html", frame); err != nil {
		return err
	}
	_, err = w.Write(page.Bytes())
	return err
}

// validate reports results about another text, and positions outside this one.
func validate(source []byte, results []Result) error {
	if len(results) == 0 {
		return errors.New("no results to annotate the lesson with")
	}
	sum := sha256.Sum256(source)
	want := hex.EncodeToString(sum[:])
	var problems []error
	for i, r := range results {
		title := fmt.Sprintf("result %d (%s)", i+1, titleOf(r.Verdicts.Engine))
		if got := r.Verdicts.Lesson.SHA256; got != want {
			problems = append(problems, fmt.Errorf("%s is about another text of the lesson (SHA-256 %.12s, want %.12s): judge this text on that engine, or omit the result", title, got, want))
			continue
		}
		if r.Walk != nil && r.Walk.Lesson.SHA256 != want {
			problems = append(problems, fmt.Errorf("the walk of %s is about another text of the lesson (SHA-256 %.12s, want %.12s): walk this text, or omit the walk", title, r.Walk.Lesson.SHA256, want))
		}
		check := func(what string, start, end int) {
			if start < 0 || end < start || end > len(source) {
				problems = append(problems, fmt.Errorf("%s: %s is at bytes %d to %d of a lesson of %d bytes", title, what, start, end, len(source)))
			}
		}
		for _, c := range r.Verdicts.Claims {
			check("claim "+c.ID, c.Start, c.End)
		}
		for _, p := range r.Verdicts.Uncovered {
			check(fmt.Sprintf("the uncovered passage in line %d", p.Line), p.Start, p.End)
		}
		for _, p := range r.Verdicts.Prose {
			check(fmt.Sprintf("the prose in line %d", p.Line), p.Start, p.End)
		}
	}
	return errors.Join(problems...)
}
