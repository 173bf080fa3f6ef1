package strategy

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/compose/model"
)

// Each project in fixtures/projects/strategy/cases has the findings of its
// golden files, one for each kind. UPDATE_GOLDEN=1 writes them.
func TestCases(t *testing.T) {
	root := filepath.Join(fixtures, "strategy", "cases")
	entries, err := os.ReadDir(root)
	if err != nil || len(entries) < 20 {
		t.Fatalf("%d cases: %v", len(entries), err)
	}
	for _, entry := range entries {
		for _, kind := range []Kind{Development, Production} {
			t.Run(entry.Name()+"/"+string(kind), func(t *testing.T) {
				dir := filepath.Join(root, entry.Name())
				got := golden(t, dir, kind)
				name := filepath.Join(dir, string(kind)+".golden")
				if os.Getenv("UPDATE_GOLDEN") == "1" {
					write(t, name, got)
				}
				want, err := os.ReadFile(name)
				if err != nil || string(want) != got {
					t.Errorf("%v: want\n%s\ngot\n%s\nUPDATE_GOLDEN=1 go test ./helpers/compose/strategy writes it", err, want, got)
				}
			})
		}
	}
}

func golden(t *testing.T, dir string, kind Kind) string {
	t.Helper()
	files, err := model.Discover(model.Options{Dir: dir, Env: []string{}})
	if err != nil {
		t.Fatal(err)
	}
	report, err := Check(t.Context(), Request{Kind: kind, Files: files, Dir: dir, Env: []string{"HOME=/home/somebody"}})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, f := range report.Findings {
		name, err := filepath.Rel(dir, f.File)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s:%d: %s: %s [%s]\n", filepath.ToSlash(name), f.Line, f.Severity, f.Text(), f.Rule)
	}
	for _, f := range report.Suppressed {
		fmt.Fprintf(&out, "allowed: line %d: %s\n", f.Line, f.Rule)
	}
	return out.String()
}
