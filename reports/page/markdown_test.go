package page

import (
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/result"
)

func markdown(t *testing.T, sources []Source) string {
	t.Helper()
	var text strings.Builder
	if err := Markdown(&text, sources); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestMarkdownCountsVerdictsAndListsDifferences(t *testing.T) {
	sources := fleet(2, 30)
	sources[1].Document.Claims[5].Verdict = result.Contradicted
	text := markdown(t, sources)
	for _, want := range []string{
		"## 30 claims on 2 runs",
		"| docker-lab0 | docker 20.0.2+dfsg1 | 1.41 | Debian GNU/Linux 13 (trixie), amd64 | 24 | 5 | 1 | 0 |",
		"| podman-lab1 | podman 20.1.2+dfsg1 | 1.42 | Debian GNU/Linux 13 (trixie), amd64 | 24 | 5 | 1 | **1** |",
		"### Not as catalogued: 1 claim\n\n| claim | docker-lab0 | podman-lab1 |\n|---|:-:|:-:|\n| `ephemeral/claim-005` (line 25) | ✓ | **✗!** |\n",
		"### Where engines differ: 2 claims",
		"| `ephemeral/claim-015` (line 55) | ✗ | ✓ |",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the summary lacks %q:\n%s", want, text)
		}
	}
}

func TestMarkdownIsBoundedAndEscaped(t *testing.T) {
	sources := fleet(2, 300)
	for c := range sources[1].Document.Claims {
		sources[1].Document.Claims[c].Verdict = result.Contradicted
	}
	sources[0].Document.Engine.Version = "1 | <b>x</b>\n| y"
	sources[1].Document.Run.Passed = false
	text := markdown(t, sources)
	if strings.Contains(text, "<b>") || strings.Count(text, "\n") > 3*maxRows || !strings.Contains(text, "more, on the page") {
		t.Errorf("the summary is\n%s", text)
	}
	if lines := strings.Split(text, "\n"); strings.Count(lines[4], "|") != strings.Count(lines[2], "|") {
		t.Errorf("a row became %q", lines[4])
	}
	sources = fleet(1, 3)
	sources[0].Document.Run.Passed = false
	if text := markdown(t, sources); !strings.Contains(text, "something else failed") || strings.Contains(text, "###") {
		t.Errorf("the summary of a failed run is\n%s", text)
	}
}
