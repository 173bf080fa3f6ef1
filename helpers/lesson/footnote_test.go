package lesson

import (
	"slices"
	"testing"
)

func TestFootnotesAreNoStatements(t *testing.T) {
	l := parse(t, "# T\n\n- It keeps data.[^a-long-name] [^b]\n- Is it so?[^b] Yes![^a-long-name]\n- An `[^b]` in code[^b] and an unknown [^c].\n\n"+
		"[^a-long-name]: https://example.org \"A title.\"\n[^b]: Another. With two sentences.\n\n    And a paragraph.\n")
	var got []string
	for _, s := range l.Statements[1:] {
		got = append(got, s.Text)
	}
	if want := []string{"It keeps data.", "Is it so?", "Yes!", "An `[^b]` in code[^b] and an unknown [^c]."}; !slices.Equal(got, want) {
		t.Errorf("\ngot  %q\nwant %q", got, want)
	}
}

func TestReferencesToFootnotesNeedNoQuote(t *testing.T) {
	l := parse(t, "A claim[^a-reference-that-is-longer-than-the-claim] that is quoted.\n\n[^a-reference-that-is-longer-than-the-claim]: Its source.\n")
	at, drift := l.Locate(Quote{Exact: "that is quoted."})
	if drift.Kind != None {
		t.Fatal(drift)
	}
	if left := l.Uncovered([]Location{at}); len(left) > 0 {
		t.Errorf("uncovered: %+v", left)
	}
}
