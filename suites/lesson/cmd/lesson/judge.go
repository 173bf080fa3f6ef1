package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/lesson/sidecar"
	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/helpers/settings"
	"github.com/holdfast/holdfast/helpers/student/walk"
	"github.com/holdfast/holdfast/reports/annotated"
	"github.com/holdfast/holdfast/reports/sarif"
	"github.com/holdfast/holdfast/reports/summary"
)

// strict is the variable that turns what the author has not sorted yet into a failure.
const strict = "STRICT"

// judge judges a lesson by its side-cars, or every lesson of a directory.
func judge(ctx context.Context, path string, out io.Writer) (accurate bool, err error) {
	files, err := sidecar.Find(path)
	if err != nil {
		return false, err
	}
	place, err := walk.OpenDisposable(ctx, out)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, place.Close()) }()
	var index []string
	accurate = true
	for _, file := range files {
		findings, err := judgeOne(ctx, file, place, out)
		if err != nil {
			return false, fmt.Errorf("%s: %w", file, err)
		}
		accurate = accurate && findings == 0
		index = append(index, fmt.Sprintf("%4d findings  %s", findings, file))
	}
	if len(files) > 1 {
		fmt.Fprintln(out, "\nThe course:")
		for _, line := range index {
			fmt.Fprintln(out, line)
		}
	}
	return accurate, nil
}

func judgeOne(ctx context.Context, file string, place *walk.Disposable, out io.Writer) (findings int, err error) {
	l, err := sidecar.Open(file)
	if err != nil {
		return 0, err
	}
	if err := place.Obtain(ctx, l.Lesson, out); err != nil {
		return 0, err
	}
	fmt.Fprintf(out, "\n%s on %s\n", l.Path, place.Engine)
	j, err := l.Judge(ctx, place, func(record result.Block) { print(out, l.Path, record) })
	if err != nil {
		return 0, err
	}
	list := func(title string, lines []string) {
		if len(lines) > 0 {
			fmt.Fprintf(out, "\n%s (%d):\n", title, len(lines))
		}
		for _, line := range lines {
			fmt.Fprintf(out, "  %s\n", line)
		}
	}
	list("The walk file and the lesson differ", j.Walk.Misfits)
	list("Blocks that do something else, which no erratum explains", j.Unexplained)
	list("Not sorted yet; "+strict+"=1 makes this a failure", j.Todo)
	dead := l.DeadLinks(file)
	list("Dead links", dead)
	list("Not understood", l.Unknown)
	untyped := 0
	for _, record := range j.Walk.Blocks {
		if !record.Typed && record.Kind == "command" {
			untyped++
		}
	}
	summary.PrintCourse(out, j.Document, l.Path, summary.Options{})
	findings = len(summary.Wrong(j.Document)) + len(j.Document.Drift) + len(j.Walk.Misfits) + len(j.Unexplained) + len(dead) + untyped
	if os.Getenv(strict) == "1" {
		findings += len(j.Todo)
	}
	fmt.Fprintf(out, "%s: %d findings, %d not sorted yet\n", l.Path, findings, len(j.Todo))
	return findings, report(l, j, place, out)
}

// inRepository returns the path of a file as git apply takes it in the file's own
// repository, or its name outside of any.
func inRepository(file string) string {
	absolute, err := filepath.Abs(file)
	if err != nil {
		return filepath.Base(file)
	}
	for dir := filepath.Dir(absolute); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			if path, err := filepath.Rel(dir, absolute); err == nil {
				return filepath.ToSlash(path)
			}
		}
	}
	return filepath.Base(file)
}

// resultsDir is where the results of a lesson on an engine are.
func resultsDir(id, engine string) (string, error) {
	return settings.AtRoot(filepath.Join("reports", "out", engine, "lesson", id))
}

func writeResults(l *sidecar.Lesson, j sidecar.Judgement, place *walk.Disposable) error {
	dir, err := resultsDir(l.ID, place.Engine.Facts.Label())
	return errors.Join(err, result.Write(filepath.Join(dir, "verdicts.json"), j.Document), result.WriteWalk(filepath.Join(dir, "walk.json"), j.Walk))
}

// report writes the results, the page, the alerts and the patch of a lesson.
func report(l *sidecar.Lesson, j sidecar.Judgement, place *walk.Disposable, out io.Writer) error {
	dir, err := settings.AtRoot(filepath.Join("reports", "out"))
	if err != nil {
		return err
	}
	base := filepath.Join(dir, l.ID)
	if os.Getenv("GITHUB_ACTIONS") == "true" {
		summary.Annotate(out, j.Document, l.Path)
	}
	var page, alerts bytes.Buffer
	problems := []error{
		writeResults(l, j, place),
		annotated.Render(&page, l.Source, []annotated.Result{{Verdicts: j.Document, Walk: &j.Walk}}),
		sarif.Write(&alerts, j.Document, l.Path),
	}
	corrected, err := l.Corrected()
	problems = append(problems, err)
	if err := errors.Join(problems...); err != nil {
		return err
	}
	if patch := lesson.Patch(inRepository(l.File), l.Source, corrected); patch != "" {
		problems = append(problems, result.WriteFile(base+".patch", []byte(patch)))
		fmt.Fprintf(out, "The corrections, for git apply: %s.patch\n", base)
	}
	fmt.Fprintf(out, "The lesson with its verdicts: %s.html\n", base)
	return errors.Join(append(problems, result.WriteFile(base+".html", page.Bytes()), result.WriteFile(base+".sarif", alerts.Bytes()))...)
}
