package lesson

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/lesson/library"
	"github.com/holdfast/holdfast/reports/summary"
	"github.com/holdfast/holdfast/suites/assembly"

	. "github.com/onsi/ginkgo/v2"
)

// conclude tells the author what is wrong with a text, writes the corrected one,
// and fails where there is something to correct.
func conclude(_ SpecContext, o assembly.Outcome) {
	stop(correct(o))
	if !o.Ran {
		return
	}
	stop(page(o))
	var alerts bytes.Buffer
	stop(summary.SARIF(&alerts, o.Document, o.Text.Path))
	stop(replace(report(o)+".sarif", alerts.Bytes()))
	summary.PrintCourse(o.Console, o.Document, o.Text.Path, o.Options)
	if os.Getenv("GITHUB_ACTIONS") == "true" {
		summary.Annotate(o.Console, o.Document, o.Text.Path)
	}
	wrong, drift, unclaimed := len(summary.Wrong(o.Document)), len(o.Document.Drift), len(o.Document.Uncovered)
	if wrong+drift+unclaimed > 0 {
		fmt.Fprintf(o.Console, "Annotated: %s.html; corrected: %s.patch, which git apply takes\n", report(o), report(o))
		Fail(fmt.Sprintf("%s is not accurate on %s %s: %d claims are contradicted, %d quotes have drifted, %d statements are unclaimed",
			o.Text.Path, o.Document.Engine.Name, o.Document.Engine.Version, wrong, drift, unclaimed))
	}
}

// correct writes the corrections as a patch, and the text that they make. Where
// there is nothing to correct it leaves what an earlier run found.
func correct(o assembly.Outcome) error {
	corrected, err := o.Text.Corrected()
	if err != nil {
		return err
	}
	patch := lesson.Patch(o.Text.Path, o.Text.Source, corrected)
	if patch == "" {
		return nil
	}
	return errors.Join(replace(report(o)+".patch", []byte(patch)), replace(report(o)+".corrected.md", corrected))
}

// report is the path of the reports about a lesson, less what tells them apart.
func report(o assembly.Outcome) string {
	if o.Text.ID == library.Main() {
		return filepath.Join(o.Out, "lesson")
	}
	return filepath.Join(o.Out, o.Text.ID)
}

// below is where a lesson's results stand in an engine's folder of them.
func below(o assembly.Outcome) string {
	if o.Text.ID == library.Main() {
		return ""
	}
	return o.Text.ID
}

// replace writes a file, all of it or nothing.
func replace(name string, data []byte) error {
	if err := os.WriteFile(name+".new", data, 0o644); err != nil {
		if removed := os.Remove(name + ".new"); !errors.Is(removed, fs.ErrNotExist) {
			err = errors.Join(err, removed)
		}
		return err
	}
	return os.Rename(name+".new", name)
}

// stop ends the running node with one clear error.
func stop(err error) {
	GinkgoHelper()
	if err != nil {
		Fail(err.Error(), 1)
	}
}
