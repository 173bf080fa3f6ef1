package text

import (
	"fmt"
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/lesson/library"
)

// matched matches an edited copy of a lesson with the claims of the lesson.
func matched(t *testing.T, original, copied, catalogued string) Text {
	t.Helper()
	file, err := claims.Parse("claims.yaml", []byte(catalogued))
	if err != nil {
		t.Fatal(err)
	}
	parse := func(source string) library.Text {
		l, err := lesson.Parse("demo", []byte(source))
		if err != nil {
			t.Fatal(err)
		}
		return library.Text{Lesson: l, Path: "demo.md"}
	}
	text, err := Match(&claims.Catalogue{Files: []claims.File{file}}, parse(original), parse(copied))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestACorrectedCopyIsRecognized applies the catalogue's corrections to a lesson and
// judges the result, as an author does who applies the patch.
func TestACorrectedCopyIsRecognized(t *testing.T) {
	const claim = "lesson: demo\nclaims:\n  - id: demo/a\n    section: T\n    %s\n    erratum: {actually: a, source: s, correction: %q}\n"
	for name, c := range map[string]struct{ source, quote, correction string }{
		"a block, shorter":         {"# T\n\n```\nfirst\nsecond\nthird\n```\n", "block: first", "first\n2nd\n"},
		"a block, as long":         {"# T\n\n```\nfirst\nsecond\n```\n", "block: first", "first\ndnoces\n"},
		"a block, longer":          {"# T\n\n```\nfirst\nsecond\n```\n", "block: first", "first\nsecond\nthird\n"},
		"a sentence, shorter":      {"# T\n\nAll volumes are gone. Fine.\n", "quote: All volumes are gone.", "Volumes are gone."},
		"a block quote":            {"# T\n\n> All volumes are\n> gone for ever.\n> Fine.\n", "quote: All volumes are gone for ever.", "No volume\n> is gone."},
		"a neighbour in the quote": {"# T\n\n> One\n> two. Three\n> four.\n", "quote: One two.", "1 2."},
		"CRLF":                     {"# T\r\n\r\nAll volumes\r\nare gone. Fine.\r\n", "quote: All volumes are gone.", "No volume\nis gone."},
		"CRLF in a block":          {"# T\r\n\r\n```\r\nfirst\r\nsecond\r\n```\r\n", "block: first", "first\n2\n"},
		"a list item over 2 lines": {"# T\n\n- All volumes\n  are gone. Fine.\n", "quote: All volumes are gone.", "No volume is gone."},
		"the old text in the new":  {"# T\n\nVolumes stay. Fine.\n", "quote: Volumes stay.", "Named Volumes stay. Always."},
		"the new text in the old":  {"# T\n\nNamed volumes stay. Fine.\n", "quote: Named volumes stay.", "volumes stay."},
	} {
		t.Run(name, func(t *testing.T) {
			catalogued := fmt.Sprintf(claim, c.quote, c.correction)
			before := matched(t, c.source, c.source+"\n", catalogued)
			if before.CorrectedClaims["demo/a"] || len(before.Drift()) > 0 {
				t.Fatalf("the uncorrected copy: corrected %v, drift %v", before.CorrectedClaims, before.Drift())
			}
			corrected, err := before.Corrected()
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(c.source, "\r\n") && strings.Count(string(corrected), "\n") != strings.Count(string(corrected), "\r\n")+1 {
				t.Errorf("the corrected text lost its line endings: %q", corrected)
			}
			after := matched(t, c.source, string(corrected), catalogued)
			if !after.CorrectedClaims["demo/a"] || len(after.Drift()) > 0 {
				t.Errorf("%q: corrected %v, drift %v", corrected, after.CorrectedClaims, after.Drift())
			}
			if again, err := after.Corrected(); err != nil || string(again) != string(corrected) {
				t.Errorf("corrected again: %q %v", again, err)
			}
		})
	}
}

func TestHeadingsAreAskedForUnlessTheyAreProse(t *testing.T) {
	const source = "# Volumes vanish\n\n| Data vanishes |\n|---|\n"
	if unclaimed := matched(t, source, source, "lesson: demo\n").Unclaimed(); len(unclaimed) != 2 {
		t.Errorf("%+v", unclaimed)
	}
	if unclaimed := matched(t, source, source, "lesson: demo\nheadings: definition\n").Unclaimed(); len(unclaimed) > 0 {
		t.Errorf("%+v", unclaimed)
	}
	if _, err := claims.Parse("claims.yaml", []byte("lesson: demo\nheadings: none\n")); err == nil {
		t.Error("a wrong reason is accepted")
	}
}

func TestTheFrontMatterCountsOnceItIsClaimed(t *testing.T) {
	const source = "---\ntitle: x\nlevel: 2\n---\n\nText.\n"
	if unclaimed := matched(t, source, source, "lesson: demo\n").Unclaimed(); len(unclaimed) != 1 {
		t.Errorf("%+v", unclaimed)
	}
	const claimed = "lesson: demo\nprose:\n  - {section: front matter, quote: 'title: x', reason: definition}\n"
	if unclaimed := matched(t, source, source, claimed).Unclaimed(); len(unclaimed) != 2 {
		t.Errorf("%+v", unclaimed)
	}
}

func TestUnclaimedTextCanBePastedAsAQuote(t *testing.T) {
	text := matched(t, "# T\n", "# T\n\n> One\n> two is four.\n", "lesson: demo\nheadings: definition\n")
	for _, statement := range text.Unclaimed() {
		if _, drift := text.Locate(lesson.Quote{Section: statement.Section, Exact: statement.Text}); drift.Kind != lesson.None {
			t.Errorf("%q: %s", statement.Text, drift)
		}
	}
	if len(text.Unclaimed()) != 1 {
		t.Errorf("%+v", text.Unclaimed())
	}
}
