package lesson

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestApply(t *testing.T) {
	l := parse(t, "one two three\r\n")
	got, err := l.Apply([]Edit{{8, 13, "3\nand\r\n4"}, {0, 3, "1"}, {4, 4, "x"}, {4 + 3, 8, ""}})
	if err != nil || string(got) != "1 xtwo3\r\nand\r\n4\r\n" {
		t.Errorf("%q, %v", got, err)
	}
	for name, edits := range map[string][]Edit{
		"overlap":         {{0, 5, "a"}, {4, 6, "b"}},
		"same place":      {{4, 4, "a"}, {4, 4, "b"}},
		"inside":          {{0, 9, "a"}, {4, 4, "b"}},
		"beyond the end":  {{0, 99, "a"}},
		"before the text": {{-1, 2, "a"}},
		"backwards":       {{5, 2, "a"}},
	} {
		if _, err := l.Apply(edits); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if string(l.Source) != "one two three\r\n" {
		t.Error("the source has changed")
	}
}

func TestPatchApplies(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	long := strings.Repeat("line\n", 20)
	for _, c := range []struct{ label, name, before, after string }{
		{"plain", "lesson.md", "a\nb\nc\n", "a\nB\nc\n"},
		{"two hunks", "docs/a/lesson.md", "x\n" + long + "y\n", "X\n" + long + "Y\n"},
		{"no newline, before", "l.md", "a\nb", "a\nb\n"},
		{"no newline, after", "l.md", "a\nb\n", "a\nb"},
		{"no newline, both", "l.md", "a\nb", "a\nc"},
		{"no newline, far away", "l.md", "a\n" + long + "z", "b\n" + long + "z"},
		{"no newline, near", "l.md", "a\nb\nz", "A\nb\nz"},
		{"CRLF", "l.md", "a\r\nb\r\nc\r\n", "a\r\nB\r\nc\r\n"},
		{"to CRLF", "l.md", "a\nb\n", "a\r\nb\r\n"},
		{"CRLF, no newline", "l.md", "a\r\nb", "a\r\nc"},
		{"from empty", "l.md", "", "a\n"},
		{"to empty", "l.md", "a\n", ""},
		{"space", "my lesson.md", "a\n", "b\n"},
		{"quotes", "l \"é\\.md", "a\n", "b\n"},
		{"dashes", "l.md", "a\n-- b\n@@ c @@\n+++ d\n", "a\n@@ c\n--- b\n"},
		{"blank lines", "l.md", "\n\na\n\n\n", "\na\n\n\n\n"},
	} {
		t.Run(c.label, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, filepath.FromSlash(c.name))
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(c.before), 0o644); err != nil {
				t.Skip(err) // Windows has no such names
			}
			patch := Patch(c.name, []byte(c.before), []byte(c.after))
			if out, err := gitApply(dir, patch); err != nil {
				t.Fatalf("%v: %s\n%s", err, out, patch)
			}
			if got, err := os.ReadFile(file); err != nil && c.after != "" || string(got) != c.after {
				t.Errorf("%q, %v", got, err)
			}
			if c.after != "" {
				if _, err := gitApply(dir, patch); err == nil {
					t.Error("it applies twice")
				}
			}
		})
	}
	if Patch("l.md", []byte("a"), []byte("a")) != "" {
		t.Error("a patch without a change")
	}
}

func gitApply(dir, patch string) ([]byte, error) {
	cmd := exec.Command("git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-")
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(patch)
	cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir), "GIT_CONFIG_GLOBAL="+os.DevNull)
	return cmd.CombinedOutput()
}
