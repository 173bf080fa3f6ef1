// Package sidecar judges a lesson by the two files beside it, wherever it is:
// x.claims.yaml says what x.md claims and how each claim is decided, and x.walk.yaml
// adds to what a walk infers. Both may be absent.
package sidecar

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/lesson/library"
	"github.com/holdfast/holdfast/helpers/lesson/text"
	"github.com/holdfast/holdfast/helpers/student/walk"
)

// Lesson is a lesson with its side-cars.
type Lesson struct {
	text.Text
	File      string // of the lesson
	Catalogue *claims.Catalogue
	Plan      walk.Plan
}

// ClaimsFile and WalkFile return the names of the side-cars of a lesson.
func ClaimsFile(file string) string {
	return strings.TrimSuffix(file, filepath.Ext(file)) + ".claims.yaml"
}

// WalkFile returns the name of the walk file beside a lesson.
func WalkFile(file string) string { return strings.TrimSuffix(file, filepath.Ext(file)) + ".walk.yaml" }

// ID returns the id of a lesson's file.
func ID(file string) string { return strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)) }

// Find lists the lessons of a directory: its Markdown files with a claims side-car. A
// file is a lesson in any case.
func Find(path string) (files []string, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	err = filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
		if lessonFile := strings.TrimSuffix(name, ".claims.yaml"); err == nil && lessonFile != name {
			for _, ext := range []string{".md", ".mdx", ".markdown"} {
				if _, err := os.Stat(lessonFile + ext); err == nil {
					files = append(files, lessonFile+ext)
				}
			}
		}
		return err
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s has no lesson with a claims file beside it; make draft LESSON=x.md writes one", path)
	}
	return files, err
}

// Open reads a lesson and its side-cars.
func Open(file string) (*Lesson, error) {
	source, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	parsed, err := lesson.Parse(ID(file), source)
	if err != nil {
		return nil, err
	}
	l := &Lesson{File: file, Catalogue: &claims.Catalogue{}}
	if data, err := readOptional(ClaimsFile(file)); err != nil {
		return nil, err
	} else if data != nil {
		catalogued, err := claims.Parse(walk.Name(ClaimsFile(file)), data)
		if err != nil {
			return nil, err
		}
		if catalogued.Lesson != parsed.ID {
			return nil, fmt.Errorf("%s: `lesson` is %q, and the file beside it is %s", ClaimsFile(file), catalogued.Lesson, filepath.Base(file))
		}
		l.Catalogue.Files = append(l.Catalogue.Files, catalogued)
	}
	steps := walk.File{Lesson: parsed.ID, Auto: true}
	if data, err := readOptional(WalkFile(file)); err != nil {
		return nil, err
	} else if data != nil {
		if steps, err = walk.Parse(walk.Name(WalkFile(file)), data); err != nil {
			return nil, err
		}
	}
	if l.Plan = walk.Fit(walk.Name(WalkFile(file)), steps, parsed); steps.Auto {
		l.Plan = walk.FitAuto(walk.Name(WalkFile(file)), steps, parsed)
	}
	original := library.Text{Lesson: parsed, Path: walk.Name(file)}
	if l.Text, err = text.Match(l.Catalogue, original, original); err != nil {
		return nil, err
	}
	l.useCorrections()
	return l, nil
}

func readOptional(file string) ([]byte, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// useCorrections finds the claims that the author has corrected: the correction is
// where the quote was.
func (l *Lesson) useCorrections() {
	for i := range l.Places {
		place := &l.Places[i]
		if place.Claim == nil || place.Claim.Erratum == nil || place.Claim.Erratum.Correction == "" {
			continue
		}
		correction := place.Claim.Erratum.Correction
		at, drift := l.Locate(lesson.Quote{Section: place.Claim.Section, Exact: correction})
		// A quote of which the correction is a part is still there.
		uncorrected := place.Drift.Kind == lesson.None && (place.Claim.Block == "" || l.Compare(place.Drift.Quote, place.Location, correction).Kind != lesson.None)
		if drift.Kind == lesson.None && !uncorrected {
			place.Found = lesson.Found{Location: at}
			l.CorrectedClaims[place.Claim.ID] = true
		}
	}
}
