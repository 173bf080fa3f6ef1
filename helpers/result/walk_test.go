package result

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sampleWalk has a block of each kind and of each result.
func sampleWalk() Walk {
	text := func(s string) *string { return &s }
	return Walk{
		Schema: WalkSchema, Engine: Engine{Name: "docker", Version: "26.1.5"}, Lesson: Lesson{ID: "l"},
		Blocks: []Block{
			{Kind: "file", Line: 64, Typed: true},
			{Kind: "command", Line: 175, Typed: true, Result: Same, Expected: Same, Transcript: []Typing{
				{Aside: "to begin with"}, {Entry: Entry{Prompt: "$ ", Typed: "cat \\\n  a", Printed: "A\n"}},
			}},
			{Kind: "command", Line: 285, Typed: true, Result: Substance, Expected: Wording, Comparison: &Comparison{Kind: Substance, Rows: []Row{
				{Lesson: text("Deleted Volumes:"), Kind: Substance, Note: "not printed"},
				{Lesson: text("all"), Printed: text("anonymous"), Kind: Wording},
			}}},
			{Kind: "command", Line: 550, Typed: true, Result: Fails, Expected: Fails},
			{Kind: "command", Line: 620, Reason: "the service was not ready", Expected: Wording},
			{Kind: "edit", Line: 632, Typed: true},
		},
	}
}

func TestReadWalkReadsWhatWriteWalkWrote(t *testing.T) {
	path := filepath.Join(t.TempDir(), "engine", "walk.json")
	if err := WriteWalk(path, sampleWalk()); err != nil {
		t.Fatal(err)
	}
	walk, err := ReadWalk(path)
	if err != nil {
		t.Fatal(err)
	}
	if screen, want := walk.Blocks[1].Screen(), "# to begin with\n$ cat \\\n>   a\nA\n"; screen != want {
		t.Errorf("the screen is %q, want %q", screen, want)
	}
	if _, err := ReadWalk(filepath.Join(t.TempDir(), "none.json")); err == nil || !strings.Contains(err.Error(), "none.json") {
		t.Errorf("no file: %v", err)
	}
}

func TestReadWalkRejectsInvalidFiles(t *testing.T) {
	data, err := json.Marshal(sampleWalk())
	if err != nil {
		t.Fatal(err)
	}
	whole := string(data)
	changed := func(old, fresh string) string {
		if !strings.Contains(whole, old) {
			t.Fatalf("the walk has no %s", old)
		}
		return strings.Replace(whole, old, fresh, 1)
	}
	const foreign = "not a holdfast/walk/v1 document"
	for name, c := range map[string]struct{ data, want string }{
		"truncated":           {whole[:len(whole)/2], foreign},
		"empty":               {"", foreign},
		"two documents":       {whole + whole, foreign},
		"another schema":      {`{"schema":"holdfast/verdicts/v1"}`, `its schema is "holdfast/verdicts/v1"`},
		"unknown field":       {changed(`"seconds":0`, `"colour":0`), "unknown field"},
		"unknown result":      {changed(`"result":"fails"`, `"result":"maybe"`), `block in line 550: its result is "maybe"`},
		"unknown kind":        {changed(`"kind":"edit"`, `"kind":"story"`), `block in line 632: its kind is "story"`},
		"unknown kind of row": {changed(`"kind":"wording"`, `"kind":"alike"`), `block in line 285: its comparison's row is "alike"`},
		"empty row":           {changed(`"lesson":"Deleted Volumes:"`, `"lesson":null`), "block in line 285: its comparison has an empty row"},
		"untyped, no reason":  {changed("the service was not ready", ""), "block in line 620: it was not typed, and has no reason"},
	} {
		path := filepath.Join(t.TempDir(), "walk.json")
		if err := os.WriteFile(path, []byte(c.data), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadWalk(path); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReadWalkReadsRealWalks reads what walks on this machine left.
func TestReadWalkReadsRealWalks(t *testing.T) {
	paths, _ := filepath.Glob("../../reports/out/*/lesson/walk.json")
	if len(paths) == 0 {
		t.Skip("no walk has left a record here yet")
	}
	for _, path := range paths {
		if walk, err := ReadWalk(path); err != nil || len(walk.Blocks) == 0 {
			t.Errorf("%s: %v", path, err)
		}
	}
}
