package walk

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/result"

	"github.com/Masterminds/semver/v3"
)

const good = `lesson: demo
prompts:
  inner: 'inner> '
steps:
  - command: echo hello
    section: One
    sum: abc
    expect:
      - {on: podman, is: fails, because: so it is}
      - {cli: "< 23.0", is: wording, because: it is old}
      - {is: same}
`

func TestParseReadsAGoodFile(t *testing.T) {
	file, err := Parse("walk.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	step := file.Steps[0]
	if step.Line != 5 || step.Kind() != "command" {
		t.Errorf("%+v", step)
	}
	for _, each := range []struct {
		engine, cli string
		want        string
	}{{"docker", "28.0.0", "same"}, {"docker", "20.10.24", "wording"}, {"podman", "28.0.0", "fails"}} {
		c := lessonWalk{facts: engine.Facts{Engine: result.Engine{Name: each.engine}}, cli: semver.MustParse(each.cli)}
		if got := c.expected(step).Is; got != each.want {
			t.Errorf("on %s with CLI %s: %s", each.engine, each.cli, got)
		}
	}
}

func TestParseNamesFileLineAndFault(t *testing.T) {
	for _, each := range []struct{ name, from, to, want string }{
		{"unknown key", "    sum: abc", "    summ: abc", "walk.yaml:7: "},
		{"unknown key in corrected", "    sum: abc", "    sum: abc\n    corrected: {summ: abc}", "walk.yaml:8: "},
		{"bad corrected", "    sum: abc", "    sum: abc\n    corrected: {inside: other}", "walk.yaml:5: corrected: `prompts` has no prompt"},
		{"a bad pattern", "lesson: demo", "lesson: demo\npatterns: {job: '('}", "walk.yaml:1: pattern job: "},
		{"no lesson", "lesson: demo\n", "", "walk.yaml:1: `lesson` is missing"},
		{"no sum", "    sum: abc\n", "", "walk.yaml:5: a step has the `section`"},
		{"two kinds", "    sum: abc", "    sum: abc\n    file: x\n    to: ~/x", "walk.yaml:5: a step has exactly one of"},
		{"a file without a path", "command: echo hello", "file: x", "walk.yaml:5: a file has its path in `to`"},
		{"a file outside the home directory", "command: echo hello", "to: ~/../x\n    file: x", "walk.yaml:5: \"~/../x\" is not a path below"},
		{"a file at the root", "command: echo hello", "to: /etc/x\n    file: x", "walk.yaml:5: \"/etc/x\" is not a path below"},
		{"a provided file outside the home directory", "    sum: abc", "    sum: abc\n    provide: [{text: x, to: ~x}]", "walk.yaml:5: \"~x\" is not a path below"},
		{"an unknown prompt", "    sum: abc", "    sum: abc\n    inside: other", "walk.yaml:5: `prompts` has no prompt \"other\""},
		{"a bad prompt", "'inner> '", "'inner('", "walk.yaml:1: prompt inner"},
		{"a bad result", "is: same", "is: alike", "walk.yaml:5: expect: `is` is one of"},
		{"no reason", ", because: so it is", "", "walk.yaml:5: expect: a result other than the lesson's has a reason"},
		{"a bad engine", "on: podman", "on: podmann >", "walk.yaml:5: expect: bad engine constraint"},
		{"a bad CLI", `"< 23.0"`, `"old"`, "walk.yaml:5: expect: cli"},
		{"an action without a reason", "    sum: abc", "    sum: abc\n    after: [{stop: true}]", "walk.yaml:5: an action that the lesson does not show has a reason"},
		{"no action", "    sum: abc", "    sum: abc\n    after: [{because: x}]", "walk.yaml:5: an action has one of"},
		{"not YAML", "lesson: demo", "lesson: [", "walk.yaml:"},
	} {
		t.Run(each.name, func(t *testing.T) {
			text := strings.Replace(good, each.from, each.to, 1)
			if text == good {
				t.Fatal("nothing is replaced")
			}
			if _, err := Parse("walk.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), each.want) {
				t.Errorf("%v, want %q", err, each.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Fuzz(func(_ *testing.T, data []byte) { _, _ = Parse("walk.yaml", data) })
}

// demoLesson needs no engine.
const demoLesson = "# Demo\n\n## Files\n\n**File: notes.txt**\n```\none\ntwo\nthree\n```\n\n" +
	"```bash\ncat notes.txt    # all of it\n```\n\n**Output:**\n```\none\ntwo\nthree\n```\n\nEdit it:\n\n```text\ntwo\nIII\n```\n\n" +
	"```bash\ncat notes.txt extra.txt\nls nowhere\n```\n\n## Shells\n\n```bash\nPS1='inner> ' bash --norc --noprofile -i\n```\n\n" +
	"```bash\necho deep\nexit\n```\n\n**Output:**\n```\ninner> echo deep\ndeep\ninner> exit\n```\n"

const demoWalk = `lesson: demo
prompts: {inner: 'inner> '}
steps:
  - {file: notes.txt, section: Files, sum: SUM1, to: ~/work/notes.txt}
  - command: "cat notes.txt # all of it"
    section: Files
    sum: SUM2
    in: ~/work
    output: {block: one, nth: 2, sum: SUM3}
  - {edit: two, section: Files, sum: SUM4, to: ~/work/notes.txt, provide: [{from: given/extra.txt, to: ~/work/extra.txt}]}
  - {command: cat notes.txt extra.txt, section: Files, sum: SUM5, in: ~/work}
  - command: PS1='inner> ' bash --norc --noprofile -i
    section: Shells
    sum: SUM6
    lines: [{line: "PS1='inner> ' bash --norc --noprofile -i", opens: inner}]
  - command: echo deep
    section: Shells
    sum: SUM7
    inside: inner
    output: {block: "inner> echo deep", sum: SUM8, prompts: true, ignore: [exit]}
`

func demoPlan(t *testing.T, source string) Plan {
	t.Helper()
	original, err := lesson.Parse("demo", []byte(demoLesson))
	if err != nil {
		t.Fatal(err)
	}
	text := demoWalk
	for i, block := range original.Blocks {
		text = strings.Replace(text, "SUM"+string(rune('1'+i)), block.Sum(), 1)
	}
	file, err := Parse("walk.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	edited, err := lesson.Parse("demo", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return Fit("walk.yaml", file, edited)
}

func TestFitSeesEveryEditOfTheLesson(t *testing.T) {
	if p := demoPlan(t, demoLesson); len(p.Misfits) > 0 || len(p.Steps) != 6 {
		t.Fatalf("%d stops, misfits %q", len(p.Steps), p.Misfits)
	}
	for _, each := range []struct{ name, from, to, want string }{
		{"an output changed by one character", "one\ntwo\nthree\n```\n\nEdit", "one\ntwo\nthree.\n```\n\nEdit", "walk.yaml:5: "},
		{"a command changed", "ls nowhere", "ls somewhere", "walk.yaml:11: "},
		{"a command added to a block", "ls nowhere\n", "ls nowhere\nrm notes.txt\n", "walk.yaml:11: "},
		{"a block removed", "```bash\necho deep\nexit\n```\n\n", "", "walk.yaml:16: "},
		{"a block added", "Edit it:", "```bash\nrm notes.txt\n```\n", "no step is about the command of line"},
		{"a line that a step speaks of changed", "--noprofile -i", "--noprofile", "has no line"},
		{"a heading changed", "## Shells", "## Other shells", "walk.yaml:12: "},
	} {
		t.Run(each.name, func(t *testing.T) {
			edited := strings.Replace(demoLesson, each.from, each.to, 1)
			if edited == demoLesson {
				t.Fatal("nothing is replaced")
			}
			p := demoPlan(t, edited)
			if !strings.Contains(strings.Join(p.Misfits, "\n"), each.want) {
				t.Errorf("misfits %q, want %q", p.Misfits, each.want)
			}
		})
	}
}

var projects = fstest.MapFS{"given/extra.txt": {Data: []byte("four\n")}}
