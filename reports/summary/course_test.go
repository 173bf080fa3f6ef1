package summary

import (
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/result"
)

// faulty has one of each problem that a text can have.
var faulty = result.Document{
	Engine: result.Engine{Name: "docker", Version: "26.1.5"},
	Claims: []result.Claim{
		{ID: "v/late", Line: 30, Quote: "B", Verdict: result.Contradicted, Expected: result.Contradicted,
			Erratum: &result.Erratum{On: "docker >= 23.0", Actually: "it stays", Correction: "one\ntwo", Source: "the changelog"}},
		{ID: "v/early", Line: 3, Quote: "A", Verdict: result.Contradicted, Expected: result.Holds, Reason: "100% broken"},
		{ID: "v/true", Line: 4, Quote: "T", Verdict: result.Holds, Expected: result.Holds},
		{ID: "v/open", Line: 5, Quote: "U", Verdict: result.Unverified, Expected: result.Holds},
	},
	Drift:     []result.Drift{{Claim: "v/old", Kind: "edited", Line: 7, Detail: "edited: it says more"}},
	Uncovered: []result.Passage{{Line: 9, Text: "A new sentence."}},
}

func TestPrintCoursePrintsEachProblemWithItsLine(t *testing.T) {
	var out strings.Builder
	PrintCourse(&out, faulty, "l.md", Options{})
	want := `l.md, claims contradicted on docker 26.1.5: 2
l.md:3  v/early
    the lesson:   A
    what happens: 100% broken
l.md:30  v/late
    the lesson:   B
    what happens: it stays
    should be:    one
                  two
    on:           docker >= 23.0
    source:       the changelog
drift  v/old: edited: it says more
l.md:9  neither claimed nor listed as prose: "A new sentence."
`
	if out.String() != want {
		t.Errorf("printed\n%s", out.String())
	}
}

func TestPrintCourseOnAnAccurateText(t *testing.T) {
	var out strings.Builder
	PrintCourse(&out, result.Document{Engine: faulty.Engine, Claims: faulty.Claims[2:]}, "l.md", Options{})
	if out.String() != "l.md: no claim is contradicted on docker 26.1.5.\n" {
		t.Errorf("printed %q", out.String())
	}
}

func TestAnnotateEscapesForGitHub(t *testing.T) {
	var out strings.Builder
	Annotate(&out, faulty, "a,b:c.md")
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 4 {
		t.Fatalf("%d annotations:\n%s", len(lines), out.String())
	}
	for i, want := range []string{
		"::error file=a%2Cb%3Ac.md,line=3,title=v/early::The lesson: A%0AWhat happens on docker 26.1.5: 100%25 broken",
		"::error file=a%2Cb%3Ac.md,line=30,title=v/late::The lesson: B%0AWhat happens on docker 26.1.5: it stays%0AShould be: one%0Atwo",
		"::error file=a%2Cb%3Ac.md,line=7,title=v/old::edited: it says more",
		"::error file=a%2Cb%3Ac.md,line=9,title=unclaimed::Neither claimed nor listed as prose: A new sentence.",
	} {
		if lines[i] != want {
			t.Errorf("got  %q\nwant %q", lines[i], want)
		}
	}
}
