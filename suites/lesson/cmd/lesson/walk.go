package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/helpers/student/walk"
)

// walkFile walks a Markdown file on a disposable engine and prints the differences.
func walkFile(ctx context.Context, file string, out io.Writer) (accurate bool, err error) {
	file, err = filepath.Abs(file)
	if err != nil {
		return false, err
	}
	source, err := os.ReadFile(file)
	if err != nil {
		return false, err
	}
	l, err := lesson.Parse(walk.Name(file), source)
	if err != nil {
		return false, err
	}
	plan := walk.AutoPlan(l)
	if len(plan.Steps) == 0 {
		return false, fmt.Errorf("%s has no file and no block for a shell: nothing to type", l.ID)
	}
	place, err := walk.OpenDisposable(ctx, out)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, place.Close()) }()
	if err := place.Obtain(ctx, l, out); err != nil {
		return false, err
	}
	for _, unknown := range l.Unknown {
		fmt.Fprintf(out, "%s: not understood, %s\n", l.ID, unknown)
	}
	fmt.Fprintf(out, "\n%s on %s, with docker %s and %s\n", l.ID, place.Engine, place.Tools.Docker, place.Tools.Compose)
	for name, used := range place.Tools.Images {
		fmt.Fprintf(out, "  image %s: %s\n", name, used)
	}
	began := time.Now()
	w := walk.NewWalker(place.Session, walk.File{}, nil)
	var records []result.Block
	for _, step := range plan.Steps {
		record, err := w.Auto(ctx, step)
		if ctx.Err() != nil {
			return false, errors.Join(ctx.Err(), err)
		}
		records = append(records, record)
		print(out, l.ID, record)
	}
	return summarize(out, records, time.Since(began)), nil
}

// print prints one line for a block, and more if it differs from the lesson.
func print(out io.Writer, name string, r result.Block) {
	outcome := r.Result
	switch {
	case r.Reason != "":
		outcome = "not typed"
	case r.Kind == "file":
		outcome = "created"
	case r.Result == result.Substance:
		outcome = "differs"
	}
	fmt.Fprintf(out, "%s:%d: %-9s  %s\n", name, r.Line, outcome, r.Head)
	switch {
	case r.Reason != "":
		indent(out, r.Reason)
	case r.Result == result.Substance:
		indent(out, r.Diff)
	case r.Result == result.Fails:
		indent(out, r.Screen())
	}
}

func indent(out io.Writer, text string) {
	fmt.Fprintf(out, "      %s\n", strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n      "))
}

// summarize reports whether all is as the lesson says.
func summarize(out io.Writer, records []result.Block, took time.Duration) (accurate bool) {
	counts := map[string]int{}
	commands, typed := 0, 0
	for _, r := range records {
		if r.Kind != "command" {
			if r.Reason != "" {
				counts["files"]++
			}
			continue
		}
		commands++
		if counts[r.Result]++; r.Typed {
			typed++
		}
	}
	fmt.Fprintf(out, "\n%d of %d command blocks typed in %.0f s: %d differ from the lesson, %d fail", typed, commands, took.Seconds(), counts[result.Substance], counts[result.Fails])
	if counts["files"] > 0 {
		fmt.Fprintf(out, ", and %d files were not created", counts["files"])
	}
	fmt.Fprintln(out)
	return counts[result.Substance]+counts[result.Fails]+counts["files"] == 0 && typed == commands
}
