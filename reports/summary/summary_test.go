package summary

import (
	"strings"
	"testing"

	"github.com/holdfast/holdfast/reports/verdicts"
)

func printed(d verdicts.Document, o Options) string {
	var out strings.Builder
	Print(&out, d, o)
	return out.String()
}

func TestPrintTellsWhatMatters(t *testing.T) {
	erratum := &verdicts.Erratum{Actually: "named volumes stay", Source: "s"}
	text := printed(verdicts.Document{
		Run:    verdicts.Run{Passed: false},
		Engine: verdicts.Engine{Name: "docker", Version: "26.1.5", Release: "docker-trixie"},
		Claims: []verdicts.Claim{
			{ID: "a/holds", Verdict: verdicts.Holds, Expected: verdicts.Holds},
			{ID: "a/erratum", Line: 12, Quote: "Q", Verdict: verdicts.Contradicted, Expected: verdicts.Contradicted, Erratum: erratum},
			{ID: "a/broken", Line: 13, Verdict: verdicts.Contradicted, Expected: verdicts.Holds, Reason: "it is gone"},
			{ID: "a/mended", Line: 14, Verdict: verdicts.Holds, Expected: verdicts.Contradicted},
			{ID: "a/open", Verdict: verdicts.Unverified, Reason: "needs a cloud"},
		},
		Matrix:    []verdicts.Cell{{Mechanism: "tmpfs", Event: "restart", Fate: "survives", Expected: "lost"}},
		Leftovers: []string{"volume x"},
	}, Options{Folder: "out"})
	for _, want := range []string{
		"5 claims: 2 hold, 2 contradicted, 1 unverified", "2 verdicts differ", "NOT AS CATALOGUED a/broken (line 13)", "it is gone",
		"NOT AS CATALOGUED a/mended (line 14)", "line 12  a/erratum", "named volumes stay", "needs a cloud\n      a/open",
		"restart  survives!", "Left behind", "volume x", "lab docker-trixie",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	if strings.Contains(text, "\x1b[") {
		t.Error("colours without being asked for")
	}
}

func TestPrintNamesSubstitutes(t *testing.T) {
	used := []verdicts.Substitution{{Wanted: "python:3.12-slim", Used: "Debian's Python"}}
	text := printed(verdicts.Document{Claims: []verdicts.Claim{{ID: "a/b", Substitutes: used}, {ID: "a/c", Substitutes: used}}}, Options{})
	if !strings.Contains(text, "python:3.12-slim: Debian's Python (2 claims)") {
		t.Error(text)
	}
}

func TestPrintColoursOnRequest(t *testing.T) {
	if text := printed(verdicts.Document{}, Options{Color: true}); !strings.Contains(text, "\x1b[") {
		t.Error("no colours")
	}
}

func TestPrintSaysThatOnlyAPartRan(t *testing.T) {
	if text := printed(verdicts.Document{Run: verdicts.Run{Passed: true, Filtered: true}}, Options{}); !strings.Contains(text, "the rest was not run") {
		t.Error(text)
	}
}
