// Package annotated builds the annotated lesson: the lesson as it is read, with
// each claim marked by its verdict, and beside each block what came of typing
// it. The page is one file that needs no network.
package annotated

import (
	"bytes"
	"html/template"
	"io"

	"github.com/holdfast/holdfast/helpers/result"
)

// Result is what one engine said of the lesson.
type Result struct {
	Verdicts result.Document
	Walk     *result.Walk // nil where nobody walked the lesson on it
}

// Render writes the annotated lesson. source is the lesson's Markdown, and every
// result must be of exactly this text: others are refused by name. The first
// engine is the one whose verdicts the page shows at first.
func Render(w io.Writer, source []byte, results []Result) error {
	if err := accept(source, results); err != nil {
		return err
	}
	view := lookAt(source, results)
	templates, err := parse()
	if err != nil {
		return err
	}
	pen := newPen(source, view.marks())
	text, err := pen.lesson(view.blocks, templates)
	if err != nil {
		return err
	}
	view.Lesson = template.HTML(text)
	view.settle(pen)
	frame, err := newFrame(view)
	if err != nil {
		return err
	}
	// Nothing is written of a page that cannot be whole.
	var page bytes.Buffer
	if err := templates.ExecuteTemplate(&page, "lesson.html", frame); err != nil {
		return err
	}
	_, err = w.Write(page.Bytes())
	return err
}
