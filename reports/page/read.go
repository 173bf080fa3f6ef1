package page

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/result"
)

// Source is one run and the file that it was read from.
type Source struct {
	Path     string
	Document result.Document
}

// Read reads the files that can be read. The error names each of the others
// and says what is wrong with it.
func Read(paths []string) ([]Source, error) {
	var sources []Source
	var refused []error
	for _, path := range paths {
		document, err := result.Read(path)
		if err == nil {
			if err = sound(document); err != nil {
				err = fmt.Errorf("%s: %w", path, err)
			}
		}
		if err != nil {
			refused = append(refused, err)
			continue
		}
		sources = append(sources, Source{path, document})
	}
	return sources, errors.Join(refused...)
}

// sound checks what a page relies on and the types do not tell.
func sound(d result.Document) error {
	if _, err := time.Parse(time.RFC3339, d.Run.Started); err != nil {
		return fmt.Errorf("no verdicts document: run.started is no time: %w", err)
	}
	if d.Engine.Name == "" {
		return errors.New("no verdicts document: it names no engine")
	}
	seen := map[string]bool{}
	known := []string{result.Holds, result.Contradicted, result.Unverified}
	for _, claim := range d.Claims {
		switch {
		case claim.ID == "":
			return errors.New("no verdicts document: a claim has no id")
		case seen[claim.ID]:
			return fmt.Errorf("no verdicts document: claim %q stands in it twice", claim.ID)
		case !slices.Contains(known, claim.Verdict):
			return fmt.Errorf("no verdicts document: claim %q has the verdict %q", claim.ID, claim.Verdict)
		}
		seen[claim.ID] = true
	}
	return nil
}

// Expand returns the files that arguments stand for: a file is itself, a folder
// every verdicts.json below it, and a pattern what it matches (not every shell
// resolves it). What matches nothing stays, for Read to name.
func Expand(arguments []string) []string {
	var paths []string
	for _, argument := range arguments {
		found := []string{argument}
		if strings.ContainsAny(argument, "*?[") {
			if matches, err := filepath.Glob(argument); err == nil && len(matches) > 0 {
				found = matches
			}
		}
		for _, path := range found {
			if below := within(path); len(below) > 0 {
				paths = append(paths, below...)
			} else {
				paths = append(paths, path)
			}
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

func within(folder string) []string {
	var below []string
	_ = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && path != folder && entry.Name() == "verdicts.json" {
			below = append(below, path)
		}
		return nil // what cannot be looked into holds no file that could be read
	})
	return below
}
