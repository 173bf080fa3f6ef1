package strategy

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holdfast/holdfast/helpers/compose/model"
)

// Any text is checked or refused, the same each time, and each finding names a
// line that its file has.
func FuzzCheck(f *testing.F) {
	seeds := 0
	err := filepath.WalkDir(fixtures, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, ".yaml") && !strings.HasSuffix(file, ".yml") {
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
	for _, text := range []string{
		"include: [base.yaml]\nservices:\n  app:\n    extends: {file: base.yaml, service: base}\n",
		"include: [{path: [base.yaml, compose.yaml], project_directory: .}]\n", "a'b: 1\nc\\: 2\nd: 3\n", "5: x\nnull: y\n", "include: [base.yaml]\nservices:\n", "services:\n  a: {extends: b}\n  c: {extends: d}\n",
		"services:\n  a: {image: x, networks: [b, c]}\r\r  d{: {image: x, links: [e, f]}\n",
		"services:\n  a: {extends: b}\n  b: {extends: a}\n", "a: &a [*a]\nservices: *a\n",
		"services:\n  app:\n    image: ${I:?}\n    volumes: ['${V}:/data', '${W}/x:/y']\n    ports: ['${P}:80']\n---\nservices:\n  b: {image: b}\n",
	} {
		f.Add([]byte(text))
	}
	dir := f.TempDir()
	file := filepath.Join(dir, "compose.yaml")
	base := "services:\n  base:\n    image: redis:7.4.1\n    command: redis-server --requirepass hunter22\n    volumes: [./x:/x]\n"
	if err := os.WriteFile(filepath.Join(dir, "base.yaml"), []byte(base), 0o644); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
		watch := time.AfterFunc(20*time.Second, func() { panic(fmt.Sprintf("it does not end: %q", text)) })
		defer watch.Stop()
		for _, kind := range []Kind{Development, Production} {
			found, err := checked(t, kind, file)
			if err != nil && len(found) > 0 {
				t.Errorf("refused (%v), and has findings: %v", err, found)
			}
			if err != nil && strings.Contains(err.Error(), "UNSETHF") {
				t.Errorf("the error prints a placeholder: %v", err)
			}
			again, errAgain := checked(t, kind, file)
			if !reflect.DeepEqual(found, again) || fmt.Sprint(err) != fmt.Sprint(errAgain) {
				t.Errorf("two checks differ: %v, %v and %v, %v", found, err, again, errAgain)
			}
			for _, finding := range found {
				source, err := model.ReadSource(finding.File)
				if err != nil {
					t.Fatal(err)
				}
				if lines := len(source.Lines()); finding.Line < 1 || finding.Line > lines {
					t.Errorf("%s:%d is no place of a file of %d lines: %v", finding.File, finding.Line, lines, finding)
				}
				if !slices.ContainsFunc(Rules(kind), func(rule Rule) bool { return rule.ID == finding.Rule }) || strings.Contains(finding.What, "UNSETHF") {
					t.Errorf("no rule of %s, or a placeholder: %v", kind, finding)
				}
			}
		}
	})
}
