package lesson

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/lesson/library"
	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/reports/sarif"
	"github.com/holdfast/holdfast/reports/summary"
	"github.com/holdfast/holdfast/suites/assembly"
)

// conclude prints what is wrong with a text and writes the corrected one. It
// returns an error where there is something to correct.
func conclude(o assembly.Outcome) error {
	unexplained, err := steps(o)
	if err := errors.Join(correct(o), err); err != nil {
		return err
	}
	if !o.Ran {
		if len(unexplained) > 0 {
			return fmt.Errorf("%s is not accurate: %d of its blocks behave differently, and no erratum explains it", o.Text.Path, len(unexplained))
		}
		return nil
	}
	if err := errors.Join(page(o), alerts(o)); err != nil {
		return err
	}
	summary.PrintCourse(o.Console, o.Document, o.Text.Path, o.Options)
	wrong, drift, unclaimed := len(summary.Wrong(o.Document)), len(o.Document.Drift), len(o.Document.Uncovered)
	if wrong+drift+unclaimed+len(unexplained) == 0 {
		return nil
	}
	name := filepath.Base(report(o))
	fmt.Fprintf(o.Console, "In reports/out: %s.html is the lesson with its verdicts, %s.patch has the corrections for git apply.\n", name, name)
	return fmt.Errorf("%s is not accurate on %s %s: claims contradicted: %d, quotes drifted: %d, statements unclaimed: %d, blocks that behave differently without an erratum: %d",
		o.Text.Path, o.Document.Engine.Name, o.Document.Engine.Version, wrong, drift, unclaimed, len(unexplained))
}

// alerts annotates the text on GitHub, and writes SARIF for other tools.
func alerts(o assembly.Outcome) error {
	if os.Getenv("GITHUB_ACTIONS") == "true" {
		summary.Annotate(o.Console, o.Document, o.Text.Path)
	}
	var all bytes.Buffer
	if err := sarif.Write(&all, o.Document, o.Text.Path); err != nil {
		return err
	}
	return result.WriteFile(report(o)+".sarif", all.Bytes())
}

// correct writes the corrections as a patch, and the corrected text. It keeps
// those of an earlier run where there is nothing to correct.
func correct(o assembly.Outcome) error {
	corrected, err := o.Text.Corrected()
	if err != nil {
		return err
	}
	patch := lesson.Patch(o.Text.Path, o.Text.Source, corrected)
	if patch == "" {
		return nil
	}
	return errors.Join(result.WriteFile(report(o)+".patch", []byte(patch)), result.WriteFile(report(o)+".corrected.md", corrected))
}

// report returns the path of a lesson's reports, without their extensions.
func report(o assembly.Outcome) string {
	if o.Text.ID == library.Main() {
		return filepath.Join(o.Out, "lesson")
	}
	return filepath.Join(o.Out, o.Text.ID)
}
