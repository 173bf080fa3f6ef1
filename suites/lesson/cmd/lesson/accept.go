package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/holdfast/holdfast/helpers/lesson/sidecar"
	"github.com/holdfast/holdfast/helpers/result"
)

// accept takes what the last walk printed into the side-cars of a lesson, and prints
// each difference.
func accept(file string, out io.Writer) error {
	l, err := sidecar.Open(file)
	if err != nil {
		return err
	}
	walked, err := lastWalk(l)
	if err != nil {
		return err
	}
	catalogued, err := os.ReadFile(sidecar.ClaimsFile(file))
	if err != nil {
		return fmt.Errorf("%w; make draft LESSON=%s writes it", err, file)
	}
	accepted, taken, err := l.Accept(catalogued, *walked)
	if err != nil {
		return err
	}
	for _, each := range taken {
		fmt.Fprintf(out, "%s:%d: %s\n", l.Path, each.Line, each.Claim)
		indent(out, each.Diff)
	}
	if len(taken) > 0 {
		if err := result.WriteFile(sidecar.ClaimsFile(file), accepted); err != nil {
			return err
		}
	}
	if steps, err := os.ReadFile(sidecar.WalkFile(file)); err == nil {
		refreshed, err := l.RefreshSums(steps)
		if err != nil {
			return err
		}
		if !slices.Equal(steps, refreshed) {
			fmt.Fprintf(out, "%s: sums refreshed\n", sidecar.WalkFile(file))
			return result.WriteFile(sidecar.WalkFile(file), refreshed)
		}
	}
	fmt.Fprintf(out, "%d corrections taken into %s\n", len(taken), sidecar.ClaimsFile(file))
	return nil
}

// lastWalk reads the newest walk of this text.
func lastWalk(l *sidecar.Lesson) (newest *result.Walk, err error) {
	pattern, err := resultsDir(l.ID, "*")
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(pattern, "walk.json"))
	if err != nil {
		return nil, err
	}
	var latest os.FileInfo
	for _, file := range files {
		info, statErr := os.Stat(file)
		walk, readErr := result.ReadWalk(file)
		if err = errors.Join(err, statErr, readErr); statErr != nil || readErr != nil || walk.Lesson.SHA256 != l.SHA256 {
			continue
		}
		if latest == nil || info.ModTime().After(latest.ModTime()) {
			newest, latest = walk, info
		}
	}
	if newest == nil {
		return nil, errors.Join(fmt.Errorf("no walk of %s as it is now: make lesson LESSON=%s first", l.Path, l.File), err)
	}
	return newest, nil
}
