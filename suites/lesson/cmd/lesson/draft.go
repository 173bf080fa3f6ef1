package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/holdfast/holdfast/helpers/lesson/sidecar"
	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/helpers/student/walk"
)

// draft writes the side-cars of a lesson, or adds what they lack.
func draft(ctx context.Context, file string, out io.Writer) (err error) {
	l, err := sidecar.Open(file)
	if err != nil {
		return err
	}
	place, err := walk.OpenDisposable(ctx, out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, place.Close()) }()
	if err := place.Obtain(ctx, l.Lesson, out); err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%s on %s\n", l.Path, place.Engine)
	j, err := l.Judge(ctx, place, func(record result.Block) { print(out, l.Path, record) })
	if err != nil {
		return err
	}
	known, err := os.ReadFile(sidecar.ClaimsFile(file))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	drafted, err := l.Draft(known, j.Walk.Blocks)
	if err != nil {
		return err
	}
	if err := result.WriteFile(sidecar.ClaimsFile(file), drafted); err != nil {
		return err
	}
	if _, err := os.Stat(sidecar.WalkFile(file)); errors.Is(err, fs.ErrNotExist) {
		if err := result.WriteFile(sidecar.WalkFile(file), l.DraftWalk(j.Walk.Blocks)); err != nil {
			return err
		}
	}
	if err := writeResults(l, j, place); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nWritten: %s and %s\n", sidecar.ClaimsFile(file), sidecar.WalkFile(file))
	fmt.Fprintf(out, "%d sentences to sort (`by: todo`), %d blocks that differ or fail (comments above their claims). Then: make accept, make lesson LESSON=%s\n",
		strings.Count(string(drafted), "by: todo\n"), len(j.Unexplained), file)
	return nil
}
