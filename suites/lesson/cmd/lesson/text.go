package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/lesson/sidecar"
	"github.com/holdfast/holdfast/helpers/lesson/text"
	"github.com/holdfast/holdfast/helpers/settings"
)

// checkText checks the text of the documents that this repository has claims of, without
// an engine: quotes that drifted, statements without a claim, dead links.
func checkText(out io.Writer) (accurate bool, err error) {
	scenarios, err := settings.AtRoot("scenarios")
	if err != nil {
		return false, err
	}
	catalogue, err := claims.Load(claims.Source{Files: os.DirFS(scenarios), Dir: "scenarios"},
		claims.Source{Files: os.DirFS(filepath.Join(scenarios, "contract")), Dir: "scenarios/contract"})
	if err != nil {
		return false, err
	}
	texts, err := text.Texts(catalogue)
	if err != nil {
		return false, err
	}
	findings := 0
	for _, t := range texts {
		file, err := settings.AtRoot(filepath.FromSlash(t.Path))
		if err != nil {
			return false, err
		}
		findings += printFindings(out, t, file)
	}
	ids, err := text.WithoutClaims(catalogue)
	for _, id := range ids {
		fmt.Fprintf(out, "fixtures/lessons/%s.md: no claims.yaml has `lesson: %s`\n", id, id)
	}
	findings += len(ids)
	fmt.Fprintf(out, "%d documents, %d claims: %d findings in the text\n", len(texts), len(catalogue.Claims()), findings)
	return findings == 0, err
}

// checkSideCars checks the text of a lesson, or of a directory of lessons, against the
// files beside each.
func checkSideCars(path string, out io.Writer) (accurate bool, err error) {
	files, err := sidecar.Find(path)
	findings := 0
	for _, file := range files {
		l, err := sidecar.Open(file)
		if err != nil {
			return false, err
		}
		for _, misfit := range l.Plan.Misfits {
			fmt.Fprintln(out, misfit)
		}
		findings += len(l.Plan.Misfits) + printFindings(out, l.Text, file)
	}
	fmt.Fprintf(out, "%d lessons: %d findings in the text\n", len(files), findings)
	return findings == 0, err
}

// printFindings prints drift, statements without a claim, and dead links.
func printFindings(out io.Writer, t text.Text, file string) (count int) {
	find := func(format string, args ...any) {
		count++
		fmt.Fprintf(out, format+"\n", args...)
	}
	for _, place := range t.Drift() {
		find("%s:%d: %s: %s", t.Path, place.Found.Drift.Line, place.Name, place.Found.Drift)
	}
	for _, statement := range t.Unclaimed() {
		find("%s:%d: no claim and no prose for the %s: %q", t.Path, statement.Line, statement.Kind, statement.Text)
	}
	for _, dead := range t.DeadLinks(file) {
		find("%s:%s", t.Path, dead)
	}
	return count
}
