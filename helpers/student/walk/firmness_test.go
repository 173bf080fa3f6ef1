//go:build linux || darwin

package walk

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/result"
)

// planOf parses a lesson and a walk file with one step for each command block.
func planOf(t *testing.T, source, extra string) Plan {
	t.Helper()
	l, err := lesson.Parse("demo", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	text := "lesson: demo\nsteps:\n"
	for _, b := range l.Blocks {
		if b.Kind != lesson.Output {
			text += "  - {command: '" + b.Head() + "', section: T, sum: " + b.Sum() + extra + "}\n"
		}
	}
	file, err := Parse("walk.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return Fit("walk.yaml", file, l)
}

func TestAConsoleBlockIsTypedAndCompared(t *testing.T) {
	for _, each := range []struct{ source, want string }{
		{"# T\n\n```console\n$ echo a\na\n$ echo b\nb\n```\n", result.Same},
		{"# T\n\n```console\n$ echo a\na\n$ echo b\nc\n```\n", result.Substance},
		{"# T\n\n```console\n$ nosuchcommand --definitely-wrong\n```\n", result.Fails},
	} {
		p := planOf(t, each.source, "")
		w, _ := walker(t, p)
		record, err := w.Do(t.Context(), p.Steps[0])
		if err != nil || record.Result != each.want || len(record.Transcript) == 0 {
			t.Errorf("%q: %+v %v", each.source, record, err)
		}
	}
}

func TestABlankLineBetweenTwoOutputsDoesNotCount(t *testing.T) {
	for _, each := range []struct{ shown, want string }{
		{"a\n\nb\n", result.Same},
		{"a\nb\n", result.Same},
		{"\na\n\n\nb\n", result.Same},
		{"a\n\nb\n\nc\n", result.Substance},
	} {
		source := "# T\n\n```bash\necho a\necho b\n```\n\n**Output:**\n```\n" + each.shown + "```\n"
		l, err := lesson.Parse("demo", []byte(source))
		if err != nil {
			t.Fatal(err)
		}
		step := PlanStep{Step: Step{Command: "echo a", Output: &Output{}}, Block: l.Blocks[0], OutputBlock: &l.Blocks[1]}
		w, _ := walker(t, Plan{})
		if record, err := w.Do(t.Context(), step); err != nil || record.Result != each.want {
			t.Errorf("%q: %s %v\n%s", each.shown, record.Result, err, record.Diff)
		}
	}
}

func TestABlockThatTypesNothingIsAMisfit(t *testing.T) {
	for _, source := range []string{
		"# T\n\n```bash\n# docker volume create x\n```\n",
		"# T\n\n```powershell\ndocker volume create x\n```\n",
		"# T\n\n```yaml\na: b\n```\n",
	} {
		if p := planOf(t, source, ""); !strings.Contains(strings.Join(p.Misfits, "\n"), "types nothing") {
			t.Errorf("%q fits: %q", source, p.Misfits)
		}
		if p := planOf(t, source, ", skip: no shell here"); len(p.Misfits) > 0 {
			t.Errorf("%q with a reason: %q", source, p.Misfits)
		}
	}
}

func TestALessonWithCRLFIsTypedAsOneWithLF(t *testing.T) {
	source := strings.ReplaceAll("# T\n\n```bash\necho one \\\n  two\ncat > f <<'EOF'\nthree\nEOF\nwc -c < f\n```\n\n**File: s.sh**\n```sh\necho four\n```\n", "\n", "\r\n")
	l, err := lesson.Parse("demo", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	w, session := walker(t, Plan{})
	for _, step := range []PlanStep{{Step: Step{Command: "x"}, Block: l.Blocks[0]}, {Step: Step{File: "s.sh", To: "~/s.sh"}, Block: l.Blocks[1]}} {
		step.Lines = []Line{{Line: "echo one two", Within: 5 * time.Second}}
		record, err := w.Do(t.Context(), step)
		if err != nil {
			t.Fatal(err)
		}
		if step.File == "" && (record.Transcript[0].Printed != "one two\n" || record.Transcript[2].Printed != "6\n") {
			t.Errorf("%+v", record.Transcript)
		}
	}
	if data, err := os.ReadFile(filepath.Join(session.Home, "s.sh")); err != nil || string(data) != "echo four\n" {
		t.Errorf("%q %v", data, err)
	}
}
