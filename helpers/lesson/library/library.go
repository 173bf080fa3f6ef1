// Package library provides the documents to judge: the lessons that come with the suite,
// the author's copy of one of them, and the contract.
package library

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/holdfast/holdfast/fixtures/contract"
	"github.com/holdfast/holdfast/fixtures/lessons"
	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/settings"
)

// Text is a document and the file it was read from.
type Text struct {
	*lesson.Lesson
	Path string // with slashes, relative to the module's root if below it
}

// Main returns the id of the suite's default lesson.
func Main() string { return strings.TrimSuffix(path.Base(settings.Lesson.Default), ".md") }

// Contract is the id of the contract.
const Contract = "container-storage"

// IsContract reports whether a document is the contract.
func IsContract(id string) bool { return id == Contract }

// Subdirectory returns where the results of a document are, relative to those of the
// default lesson.
func Subdirectory(id string) string {
	if id == Main() {
		return ""
	}
	return id
}

// Judged reads the text of a document to judge: the file that HOLDFAST_LESSON names if
// it is a copy of this lesson, otherwise the original.
func Judged(id string) (Text, error) {
	given := settings.Lesson.Get()
	if given == "" {
		return Original(id)
	}
	name, err := settings.AtRoot(given)
	if err != nil {
		return Text{}, err
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return Text{}, fmt.Errorf("reading the lesson in %s: %w", settings.Lesson.Name, err)
	}
	of, err := copied(filepath.Base(name), string(data))
	if err != nil {
		return Text{}, err
	}
	if of != id {
		return Original(id)
	}
	parsed, err := lesson.Parse(id, data)
	if err != nil {
		return Text{}, fmt.Errorf("%s: %w", given, err)
	}
	return Text{parsed, shown(name)}, nil
}

// IDs lists the lessons that come with the suite.
func IDs() (all []string, err error) {
	names, err := fs.Glob(lessons.Files, "*.md")
	for _, name := range names {
		if id := strings.TrimSuffix(name, ".md"); id != "README" {
			all = append(all, id)
		}
	}
	return all, err
}

// Original reads a document that comes with the suite.
func Original(id string) (Text, error) {
	files, dir := lessons.Files, "fixtures/lessons"
	if IsContract(id) {
		files, dir = contract.Files, "fixtures/contract"
	}
	data, err := files.ReadFile(id + ".md")
	if errors.Is(err, fs.ErrNotExist) {
		return Text{}, fmt.Errorf("neither fixtures/lessons nor fixtures/contract has a document %q", id)
	}
	if err != nil {
		return Text{}, err
	}
	parsed, err := lesson.Parse(id, data)
	return Text{parsed, path.Join(dir, id+".md")}, err
}

// copied returns the id of the lesson that a text is a copy of: the one with the
// same file name, or else the one that it shares the most lines with. A copy has at
// least a quarter of the original's lines.
func copied(name, text string) (id string, err error) {
	ids, err := IDs()
	if err != nil {
		return "", err
	}
	has := map[string]bool{}
	for line := range strings.Lines(text) {
		has[strings.TrimSpace(line)] = true
	}
	most := 0.25
	for _, candidate := range ids {
		if name == candidate+".md" {
			return candidate, nil
		}
		data, err := lessons.Files.ReadFile(candidate + ".md")
		if err != nil {
			return "", err
		}
		if part := shared(string(data), has); part >= most {
			id, most = candidate, part
		}
	}
	if id == "" {
		return "", fmt.Errorf("the file in %s (%s) is not a copy of any lesson in fixtures/lessons: it shares less than a quarter of the lines of each", settings.Lesson.Name, name)
	}
	return id, nil
}

// shared returns which part of a text's lines the other text has as well. Lines of at
// most 10 bytes do not count.
func shared(text string, has map[string]bool) float64 {
	count, all := 0, 0
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); len(line) <= 10 {
			continue
		}
		if all++; has[line] {
			count++
		}
	}
	return float64(count) / float64(max(all, 1))
}

// shown returns a path relative to the module's root if it is below that.
func shown(name string) string {
	if root, err := settings.AtRoot("."); err == nil {
		if below, err := filepath.Rel(root, name); err == nil && filepath.IsLocal(below) {
			return filepath.ToSlash(below)
		}
	}
	return name
}
