package text

import (
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/lesson/library"
	"github.com/holdfast/holdfast/helpers/result"
)

func TestAnotherOutputThatNoErratumExplainsIsReported(t *testing.T) {
	const source = "# T\n\n```bash\necho a\n```\n\n**Output:**\n```\nb\n```\n\nProse.\n"
	l, err := lesson.Parse("demo", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	judged := Text{Text: library.Text{Lesson: l, Path: "demo.md"}}
	claim := func(part, expected, verdict string) result.Claim {
		start := strings.Index(source, part)
		return result.Claim{ID: "demo/a", Start: start, End: start + len(part), Expected: expected, Verdict: verdict}
	}
	for name, c := range map[string]struct {
		result string
		claims []result.Claim
		want   int
	}{
		"no claim":                     {result.Substance, nil, 1},
		"undecided":                    {result.Substance, []result.Claim{claim("b\n", result.Holds, result.Unverified)}, 1},
		"an erratum of the output":     {result.Substance, []result.Claim{claim("b\n", result.Contradicted, result.Unverified)}, 0},
		"an erratum of the command":    {result.Fails, []result.Claim{claim("echo a", result.Contradicted, result.Contradicted)}, 0},
		"an erratum of something else": {result.Fails, []result.Claim{claim("Prose.", result.Contradicted, result.Contradicted)}, 1},
		"a verdict found by the walk":  {result.Substance, []result.Claim{claim("b\n", result.Holds, result.Contradicted)}, 0},
		"an erratum that causes it":    {result.Fails, []result.Claim{claim("Prose.", result.Contradicted, result.Unverified)}, 0},
		"other words":                  {result.Wording, nil, 0},
		"the same":                     {result.Same, nil, 0},
	} {
		walk := &result.Walk{Blocks: []result.Block{{Kind: "command", Line: 4, OutputLine: 9, Head: "echo a", Typed: true, Result: c.result, Because: "so"}}}
		if name == "an erratum that causes it" {
			walk.Blocks[0].Erratum = "demo/a"
		}
		got := Unexplained(judged, result.Document{Claims: c.claims}, walk)
		if len(got) != c.want || c.want > 0 && !strings.Contains(got[0], "demo.md:4: echo a") {
			t.Errorf("%s: %q", name, got)
		}
	}
}
