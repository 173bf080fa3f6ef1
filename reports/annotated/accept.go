package annotated

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/holdfast/holdfast/helpers/result"
)

// accept refuses what is not of this lesson, and places outside of it.
func accept(source []byte, results []Result) error {
	if len(results) == 0 {
		return errors.New("there is no result to annotate the lesson with")
	}
	sum := sha256.Sum256(source)
	wanted := hex.EncodeToString(sum[:])
	var wrong []error
	for i, r := range results {
		title := fmt.Sprintf("result %d (%s)", i+1, titleOf(r.Verdicts))
		if is := r.Verdicts.Lesson.SHA256; is != wanted {
			wrong = append(wrong, fmt.Errorf("%s is of another text of the lesson: its SHA-256 is %.12s, and that of the text to annotate is %.12s: judge this text on that engine, or leave the result out", title, is, wanted))
			continue
		}
		if r.Walk != nil && r.Walk.Lesson.SHA256 != wanted {
			wrong = append(wrong, fmt.Errorf("the walk of %s is of another text of the lesson: its SHA-256 is %.12s, and that of the text to annotate is %.12s: walk this text, or leave the walk out", title, r.Walk.Lesson.SHA256, wanted))
		}
		wrong = append(wrong, places(title, len(source), r.Verdicts))
	}
	return errors.Join(wrong...)
}

func places(title string, size int, document result.Document) error {
	var wrong []error
	check := func(what string, start, end int) {
		if start < 0 || end < start || end > size {
			wrong = append(wrong, fmt.Errorf("%s: %s is at bytes %d to %d, and the lesson has %d", title, what, start, end, size))
		}
	}
	for _, c := range document.Claims {
		check("claim "+c.ID, c.Start, c.End)
	}
	for _, p := range document.Uncovered {
		check(fmt.Sprintf("the uncovered passage in line %d", p.Line), p.Start, p.End)
	}
	for _, p := range document.Prose {
		check(fmt.Sprintf("the prose in line %d", p.Line), p.Start, p.End)
	}
	return errors.Join(wrong...)
}
