package walk

import (
	"testing"

	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/helpers/student/output"
)

func TestAnOutputMayBeThatOfTheLastCommands(t *testing.T) {
	printed := []string{"f00\n", "OK\n", "hello\n"}
	for shown, want := range map[string]string{"f00\nOK\nhello\n": result.Same, "OK\nhello\n": result.Same, "hello\n": result.Same, "OK\n": result.Substance, "lost\n": result.Substance} {
		step := PlanStep{OutputBlock: &lesson.Block{Content: shown}, Step: Step{Output: &Output{}}}
		w := Walker{auto: true, names: output.Names{}}
		if got, err := w.compareLast(step, printed); err != nil || got.Kind != want {
			t.Errorf("%q is %s, want %s (%v)", shown, got.Kind, want, err)
		}
		w = Walker{names: output.Names{}}
		if got, _ := w.compareLast(step, printed); shown != "f00\nOK\nhello\n" && got.Kind != result.Substance {
			t.Errorf("with a walk file, %q is %s", shown, got.Kind)
		}
	}
}
