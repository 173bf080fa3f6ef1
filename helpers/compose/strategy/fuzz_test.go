package strategy

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Whatever stands in a compose file of somebody's own: it is checked or
// refused, and each finding names a line that the file has.
func FuzzCheck(f *testing.F) {
	seeds := 0
	err := filepath.WalkDir(fixtures, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, ".yaml") {
			return err
		}
		text, err := os.ReadFile(file)
		f.Add(text)
		seeds++
		return err
	})
	if err != nil || seeds == 0 {
		f.Fatalf("%d compose files in the fixtures: %v", seeds, err)
	}
	file := filepath.Join(f.TempDir(), "compose.yaml")
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
		lines := strings.Count(string(text), "\n") + 1
		for _, kind := range []Kind{Development, Production} {
			found, err := checked(t, kind, file)
			if err != nil && len(found) > 0 {
				t.Errorf("refused (%v), and has findings: %v", err, found)
			}
			for _, finding := range found {
				if finding.File != file || finding.Line < 1 || finding.Line > lines {
					t.Errorf("%s:%d is no place of a file of %d lines: %v", finding.File, finding.Line, lines, finding)
				}
				if !slices.ContainsFunc(Rules(kind), func(rule Rule) bool { return rule.ID == finding.Rule }) {
					t.Errorf("no rule of %s: %v", kind, finding)
				}
			}
		}
	})
}
