package lesson

import (
	"testing"

	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/lesson/library"
	"github.com/holdfast/holdfast/helpers/student/walk"
)

// TestEveryCommandBlockIsTyped checks that every command block of the lesson has a
// step in the walk file, and that nearly all of them are typed.
func TestEveryCommandBlockIsTyped(t *testing.T) {
	data, err := files.ReadFile("walk.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file, err := walk.Parse("scenarios/lesson/walk.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	read, err := library.Original(file.Lesson)
	if err != nil {
		t.Fatal(err)
	}
	plan := walk.Fit("scenarios/lesson/walk.yaml", file, read.Lesson)
	for _, misfit := range plan.Misfits {
		t.Error(misfit)
	}
	commands, typed := 0, 0
	for _, step := range plan.Steps {
		if step.Block.Kind != lesson.Command {
			continue
		}
		commands++
		if step.Skip == "" {
			typed++
		}
	}
	if commands != 30 || typed < 27 {
		t.Errorf("%d of %d command blocks are typed; the lesson has 30, of which at least 27 must be", typed, commands)
	}
}
