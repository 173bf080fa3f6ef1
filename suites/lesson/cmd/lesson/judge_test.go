package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAPatchIsForTheLessonsOwnRepository(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "docs", "a.md")
	if got := inRepository(file); got != "a.md" {
		t.Errorf("outside of a repository: %s", got)
	}
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	if got := inRepository(file); got != "docs/a.md" {
		t.Errorf("in a repository: %s", got)
	}
}
