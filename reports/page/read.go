package page

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/holdfast/holdfast/helpers/result"
)

// Source is one run and the file that it was read from.
type Source struct {
	Path     string
	Document result.Document
}

// Read reads these files. It returns those that are valid, and one error that
// names each of the others.
func Read(paths []string) ([]Source, error) {
	var sources []Source
	var refused []error
	for _, path := range paths {
		if document, err := result.Read(path); err != nil {
			refused = append(refused, err)
		} else {
			sources = append(sources, Source{path, document})
		}
	}
	return sources, errors.Join(refused...)
}

// Results lists the verdicts in the directory of all reports: for each engine those of
// the lesson, and those of the contract in a directory below.
func Results(dir string) []string {
	paths, _ := filepath.Glob(filepath.Join(dir, "*", "verdicts.json"))
	below, _ := filepath.Glob(filepath.Join(dir, "*", "*", "verdicts.json"))
	for _, path := range below { // other suites have directories of their own there
		if d, err := result.Read(path); err == nil && d.Lesson.Kind == result.Contract {
			paths = append(paths, path)
		}
	}
	return paths
}

// Expand resolves command-line arguments to files: a directory stands for every
// verdicts.json below it, and a pattern for its matches, since not every shell
// expands patterns. An argument that matches nothing is kept, so that Read
// reports it.
func Expand(arguments []string) []string {
	var paths []string
	for _, argument := range arguments {
		matches, _ := filepath.Glob(argument)
		if len(matches) == 0 {
			matches = []string{argument}
		}
		for _, match := range matches {
			below := within(match)
			if len(below) == 0 {
				below = []string{match}
			}
			paths = append(paths, below...)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// within lists every verdicts.json below a directory. It skips what it cannot read.
func within(dir string) (paths []string) {
	_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && path != dir && entry.Name() == "verdicts.json" {
			paths = append(paths, path)
		}
		return nil
	})
	return paths
}
