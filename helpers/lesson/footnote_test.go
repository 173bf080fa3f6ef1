package lesson

import (
	"slices"
	"testing"
)

func TestFootnotesThatNameASourceAreNoStatements(t *testing.T) {
	l := parse(t, "# T\n\n- It keeps data.[^a-long-name] [^b]\n- Is it so?[^b] Yes![^a-long-name]\n- An `[^b]` in code[^b] and an unknown [^c].\n\n"+
		"[^a-long-name]: https://example.org \"A title.\"\n[^b]: Another. With two sentences.\n\n    And a paragraph.\n")
	var got []string
	for _, s := range l.Statements[1:] {
		got = append(got, s.Text)
	}
	if want := []string{"It keeps data.", "Is it so?", "Yes!", "An `[^b]` in code[^b] and an unknown [^c].", "Another.", "With two sentences.", "And a paragraph."}; !slices.Equal(got, want) {
		t.Errorf("\ngot  %q\nwant %q", got, want)
	}
}

func TestFactsInFootnotesAreAskedFor(t *testing.T) {
	l := parse(t, "# T\n\nData stays.[^1] [^2] [^3] [^4] [^5]\n\n[^1]: Only in `/data`; see https://example.org.\n[^2]: https://example.org/a\n[^3]: [The manual](https://example.org/b).\n"+
		"[^4]: <https://example.org> \"A title\"\n[^5]: [The manual](https://example.org/b) says: it is lost.\n")
	at, _ := l.Locate(Quote{Exact: "Data stays."})
	heading, _ := l.Locate(Quote{Section: "T", Exact: "T"})
	var left []string
	for _, s := range l.Uncovered([]Location{at, heading}) {
		if s.Kind != Heading {
			left = append(left, s.Text)
		}
	}
	if want := []string{"Only in `/data`; see https://example.org.", "[The manual](https://example.org/b) says: it is lost."}; !slices.Equal(left, want) {
		t.Errorf("\ngot  %q\nwant %q", left, want)
	}
}

func TestReferencesToFootnotesNeedNoQuote(t *testing.T) {
	l := parse(t, "A claim[^a-reference-that-is-longer-than-the-claim] that is quoted.\n\n[^a-reference-that-is-longer-than-the-claim]: https://example.org\n")
	at, drift := l.Locate(Quote{Exact: "that is quoted."})
	if drift.Kind != None {
		t.Fatal(drift)
	}
	if left := l.Uncovered([]Location{at}); len(left) > 0 {
		t.Errorf("uncovered: %+v", left)
	}
}
