package lesson

import (
	"strings"
	"testing"
)

func TestPlacesAfterCorrection(t *testing.T) {
	l := parse(t, "# A\n\nOne two three. Four five six.\n\n```bash\nls\nrm x\n```\n\n# B\n\nFour five six.\n")
	at := func(text string) Location {
		start := strings.Index(string(l.Source), text)
		return Location{Start: start, End: start + len(text)}
	}
	edit := func(old, fresh string) Edit { return Edit{at(old).Start, at(old).End, fresh} }
	corrected, err := l.Correct([]Edit{edit("ls\nrm x\n", "ls -l\nrm y\nrm z\n"), edit("two", "2 and a half"), edit(" six.", " 6!")})
	if err != nil {
		t.Fatal(err)
	}
	for old, fresh := range map[string]string{
		"One":                             "One",
		"two":                             "2 and a half",
		"One two three.":                  "One 2 and a half three.",
		"w":                               "2 and a half",
		"three. Four five six.":           "three. Four five 6!",
		"ls":                              "ls -l\nrm y\nrm z\n",
		"ls\nrm x\n":                      "ls -l\nrm y\nrm z\n",
		"# B":                             "# B",
		"# A\n\nOne two three. Four five": "# A\n\nOne 2 and a half three. Four five",
	} {
		place := corrected.Place(at(old))
		if got := string(corrected.Source[place.Start:place.End]); got != fresh {
			t.Errorf("%q stands as %q, not as %q", old, got, fresh)
		}
		q := corrected.QuoteAt(place)
		if found, drift := corrected.Locate(q); drift.Kind != None || found.Start > place.Start || found.End < place.Start {
			t.Errorf("the quote %+v of %q is found at %+v: %s", q, fresh, found, drift)
		}
	}
}

func TestQuoteOfWhatStandsTwiceInASection(t *testing.T) {
	l := parse(t, "a\n\n```\nsame\n```\n\nb\n\n```\nsame\n```\n")
	second := strings.LastIndex(string(l.Source), "same")
	q := l.QuoteAt(Location{Start: second, End: second + 4})
	if found, drift := l.Locate(q); drift.Kind != None || found.Start != second {
		t.Errorf("%+v is found at %+v: %s", q, found, drift)
	}
}
