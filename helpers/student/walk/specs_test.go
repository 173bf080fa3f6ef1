package walk

import (
	"testing"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/lesson/library"
	"github.com/holdfast/holdfast/helpers/result"
)

func TestEachLessonHasItsOwnRecord(t *testing.T) {
	for id, want := range map[string]string{
		library.Main(): "docker-trixie/lesson/walk.json",
		"other":        "docker-trixie/lesson/other/walk.json",
	} {
		w := lessonWalk{plan: Plan{Lesson: &lesson.Lesson{ID: id}}, facts: engine.Facts{Engine: result.Engine{Release: "docker-trixie"}}}
		if got := w.recordPath(); got != want {
			t.Errorf("%s: %s", id, got)
		}
	}
}
