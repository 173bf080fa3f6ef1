package summary

import (
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/result"
)

func printed(d result.Document, o Options) string {
	var out strings.Builder
	Print(&out, d, o)
	return out.String()
}

func TestPrint(t *testing.T) {
	erratum := &result.Erratum{Actually: "named volumes stay", Source: "s"}
	text := printed(result.Document{
		Run:    result.Run{Passed: false},
		Engine: result.Engine{Name: "docker", Version: "26.1.5", Release: "docker-trixie"},
		Claims: []result.Claim{
			{ID: "a/holds", Verdict: result.Holds, Expected: result.Holds},
			{ID: "a/erratum", Line: 12, Quote: "Q", Verdict: result.Contradicted, Expected: result.Contradicted, Erratum: erratum},
			{ID: "a/broken", Line: 13, Verdict: result.Contradicted, Expected: result.Holds, Reason: "it is gone"},
			{ID: "a/fixed", Line: 14, Verdict: result.Holds, Expected: result.Contradicted},
			{ID: "a/open", Verdict: result.Unverified, Reason: "needs a cloud"},
		},
		Matrix:    []result.Cell{{Mechanism: "tmpfs", Event: "restart", Fate: "survives", Expected: "lost"}},
		Leftovers: []string{"volume x"},
	}, Options{Folder: "out"})
	for _, want := range []string{
		"5 claims: 2 hold, 2 contradicted, 1 unverified", "2 verdicts differ", "NOT AS CATALOGUED a/broken (line 13)", "it is gone",
		"NOT AS CATALOGUED a/fixed (line 14)", "line 12  a/erratum", "named volumes stay", "needs a cloud\n      a/open",
		"restart  survives!", "Left behind", "volume x", "lab docker-trixie",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	if strings.Contains(text, "\x1b[") {
		t.Error("colors without the option")
	}
}

func TestPrintNamesTheDocument(t *testing.T) {
	broken := []result.Claim{{ID: "a/b", Verdict: result.Contradicted, Expected: result.Contradicted, Deviation: &result.Deviation{Actually: "it is lost"}}}
	for want, d := range map[string]result.Document{
		"The lesson l, 0 claims":             {Lesson: result.Lesson{ID: "l"}},
		"The contract c, 1 claims":           {Lesson: result.Lesson{ID: "c", Kind: result.Contract}, Claims: broken},
		"This engine does something else":    {Lesson: result.Lesson{ID: "c", Kind: result.Contract}, Claims: broken},
		"Not judged: 1 of its statements":    {Uncovered: []result.Passage{{Text: "A new one."}}},
		"The lesson is wrong on this engine": {Lesson: result.Lesson{ID: "l"}, Claims: broken},
	} {
		if text := printed(d, Options{}); !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}

func TestPrintNamesSubstitutes(t *testing.T) {
	used := []result.Substitute{{Wanted: "python:3.12-slim", Used: "Debian's Python"}}
	text := printed(result.Document{Claims: []result.Claim{{ID: "a/b", Substitutes: used}, {ID: "a/c", Substitutes: used}}}, Options{})
	if !strings.Contains(text, "python:3.12-slim: Debian's Python (2 claims)") {
		t.Error(text)
	}
}

func TestPrintColorsOnRequest(t *testing.T) {
	if text := printed(result.Document{}, Options{Color: true}); !strings.Contains(text, "\x1b[") {
		t.Error("no colors")
	}
}

func TestPrintSaysThatOnlyPartRan(t *testing.T) {
	if text := printed(result.Document{Run: result.Run{Passed: true, Filtered: true}}, Options{}); !strings.Contains(text, "the rest was not run") {
		t.Error(text)
	}
}

func TestPrintFigures(t *testing.T) {
	var out strings.Builder
	PrintFigures(&out, result.Document{
		Engine: result.Engine{Name: "docker", Version: "26.1.5"}, Run: result.Run{Seconds: 30},
		Figures: []result.Figure{
			{Name: "fsync", Mechanism: "container layer", Unit: result.OperationsPerSecond, Values: []float64{400, 600}, Layer: &result.Ratio{Median: 1, Low: 1, High: 1}},
			{Name: "fsync", Mechanism: "tmpfs", Unit: result.OperationsPerSecond, Values: []float64{800, 1800}, Layer: &result.Ratio{Median: 2.5, Low: 2, High: 3}},
			{Name: "sequential-read", Mechanism: "container layer", Unit: result.BytesPerSecond, Values: []float64{2e9, 2e9}, Layer: &result.Ratio{Median: 1, Low: 1, High: 1}},
		},
	}, Options{Folder: "/reports"})
	for _, want := range []string{"Speed on docker 26.1.5", "2 rounds, 30 s", "container layer     tmpfs", "fsync             500/s               2.50 (2.00-3.00)", "sequential-read   2000 MB/s\n", "/reports"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
}

func TestPrintGivesAdviceForContradictedClaims(t *testing.T) {
	printed := func(verdict string) string {
		var out strings.Builder
		Print(&out, result.Document{Claims: []result.Claim{
			{ID: "contract-events/host-writes", Verdict: verdict, Expected: verdict},
			{ID: "contract-files/hard-link", Verdict: result.Unverified},
		}}, Options{})
		return out.String()
	}
	if text := printed(result.Contradicted); !strings.Contains(text, "What this means for you:\n  Hot reload by file events does not work in bind mounts:\n      poll (") || strings.Contains(text, "FIFO") {
		t.Error(text)
	}
	if text := printed(result.Holds); strings.Contains(text, "What this means") {
		t.Error(text)
	}
}
