package faults

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const hostile = `<script>alert("&')</script>`

func document() Document {
	return Document{
		Schema: Schema, Engine: hostile, Claims: 3, Started: hostile,
		Faults: []Fault{
			{Name: "caught-one", Does: hostile, Due: Wrong, Caught: true, Findings: []Finding{{Of: hostile, Expected: "holds", Verdict: "contradicted", Reason: hostile, AsDue: true}}},
			{Name: "survivor", Does: "does", Due: Error},
		},
		Unfaulted: []Finding{{Of: hostile, Reason: hostile}},
		Untouched: []Untouched{{Claim: hostile, Because: hostile}, {Claim: "a/b"}},
	}
}

func TestHostileTextIsEscaped(t *testing.T) {
	page, err := page(document())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(page), "<script") || !strings.Contains(string(page), "&lt;script&gt;") {
		t.Errorf("hostile text became markup:\n%s", page)
	}
}

func TestCounts(t *testing.T) {
	d := document()
	if d.Caught() != 1 || d.Touched() != 1 || len(d.Survivors()) != 1 || d.Survivors()[0].Name != "survivor" || strings.Join(d.Unexplained(), " ") != "a/b" {
		t.Errorf("%d caught, %d touched, survivors %v, unexplained %v", d.Caught(), d.Touched(), d.Survivors(), d.Unexplained())
	}
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	if err := Write(dir, document()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"faults.json", "faults.html"} {
		if data, err := os.ReadFile(filepath.Join(dir, name)); err != nil || len(data) == 0 {
			t.Errorf("%s: %d bytes, %v", name, len(data), err)
		}
	}
	if err := Write(dir, Document{Schema: "another"}); err == nil {
		t.Error("a document of another schema was written")
	}
}
