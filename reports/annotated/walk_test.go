package annotated

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadWalkIsStrict(t *testing.T) {
	whole, err := json.Marshal(aWalk(document(t, theLesson(t), "docker-sid")))
	if err != nil {
		t.Fatal(err)
	}
	changed := func(old, fresh string) string {
		if !strings.Contains(string(whole), old) {
			t.Fatalf("the walk has no %s", old)
		}
		return strings.Replace(string(whole), old, fresh, 1)
	}
	for name, c := range map[string]struct{ data, want string }{
		"the walk":                 {string(whole), ""},
		"cut off":                  {string(whole[:len(whole)/2]), "no walk document"},
		"empty":                    {"", "no walk document"},
		"two of them":              {string(whole) + string(whole), "no walk document"},
		"foreign":                  {`{"schema":"holdfast/verdicts/v1"}`, `its schema is "holdfast/verdicts/v1"`},
		"an unknown field":         {changed(`"seconds":0`, `"colour":0`), "unknown field"},
		"an unknown result":        {changed(`"result":"fails"`, `"result":"maybe"`), `block in line 550: its result is "maybe"`},
		"an unknown kind":          {changed(`"kind":"edit"`, `"kind":"story"`), `block in line 632: its kind is "story"`},
		"an unknown kind of a row": {changed(`"kind":"wording"`, `"kind":"alike"`), `block in line 285: its comparison's row is "alike"`},
		"an empty row":             {changed(`"lesson":"Deleted Volumes:"`, `"lesson":null`), "block in line 285: its comparison has an empty row"},
		"not typed for no reason":  {changed("the service did not get ready", ""), "block in line 620: it was not typed, and there is no reason"},
	} {
		path := filepath.Join(t.TempDir(), "walk.json")
		if err := os.WriteFile(path, []byte(c.data), 0o644); err != nil {
			t.Fatal(err)
		}
		walk, err := ReadWalk(path)
		switch {
		case c.want == "" && (err != nil || len(walk.Blocks) != 6):
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path)):
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ReadWalk(filepath.Join(t.TempDir(), "none.json")); err == nil || !strings.Contains(err.Error(), "none.json") {
		t.Errorf("no file: %v", err)
	}
}

// What a walk on this machine left is real: it has to be read as well.
func TestRealWalksAreRead(t *testing.T) {
	paths := append(glob(t, "../out/*/walk.json"), glob(t, "../out/*/lesson/walk.json")...)
	if len(paths) == 0 {
		t.Skip("no walk has left a record here yet")
	}
	for _, path := range paths {
		if walk, err := ReadWalk(path); err != nil || len(walk.Blocks) == 0 {
			t.Errorf("%s: %v", path, err)
		}
	}
}
