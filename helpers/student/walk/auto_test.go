//go:build linux || darwin

package walk

import (
	"testing"

	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/result"
)

// anyLesson says nothing about directories, prompts, questions or services.
const anyLesson = `# Any

## Files

` + "```bash\nmkdir app\ncd app\n```\n\n**File: notes.txt**\n```\none\n```\n\n```console\n$ cat notes.txt\none\n$ cat notes.txt | wc -l\n2\n```\n" + `
## Shells

` + "```bash\nPS1='root@0f1e2d3c4b5a:/# ' bash --norc --noprofile -i\n```\n\n```bash\necho deep\n```\n\nOutput:\n\n```\nroot@ba9876543210:/# echo deep\ndeep\n```\n" + `
## Services

` + "```bash\npython3 -c 'import time; print(\"up\", flush=True); time.sleep(1000)'\ncat notes.txt\n```\n\n```bash\nls nowhere\n```\n\nOutput:\n\n```\nls: cannot access 'nowhere': No such file or directory\n```\n\n```powershell\nGet-Item x\n```\n"

func TestAnyLessonIsWalked(t *testing.T) {
	l, err := lesson.Parse("any", []byte(anyLesson))
	if err != nil {
		t.Fatal(err)
	}
	p := AutoPlan(l)
	w, _ := walker(t, p)
	want := []string{result.Same, "", result.Substance, result.Same, result.Same, result.Same, result.Same, ""}
	if len(p.Steps) != len(want) {
		t.Fatalf("%d steps", len(p.Steps))
	}
	for i, step := range p.Steps {
		record, err := w.Auto(t.Context(), step)
		if err != nil {
			t.Errorf("line %d: %v", record.Line, err)
		}
		if record.Result != want[i] || record.Typed != (step.Skip == "") {
			t.Errorf("line %d: %q, want %q; %s\n%s%s", record.Line, record.Result, want[i], record.Reason, record.Screen(), record.Diff)
		}
	}
}
