package lesson

import (
	"os"
	"testing"

	"github.com/Masterminds/semver/v3"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/lesson/library"
	"github.com/holdfast/holdfast/helpers/lesson/text"
	"github.com/holdfast/holdfast/helpers/result"
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

// TestEachExpectedDifferenceHasAnErratum covers engines on which this test does not run.
func TestEachExpectedDifferenceHasAnErratum(t *testing.T) {
	data, err := files.ReadFile("walk.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file, err := walk.Parse("scenarios/lesson/walk.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := claims.Load(claims.Source{Files: os.DirFS(".."), Dir: "scenarios"})
	if err != nil {
		t.Fatal(err)
	}
	judged, err := text.Read(catalogue, file.Lesson)
	if err != nil {
		t.Fatal(err)
	}
	plan := walk.Fit("walk.yaml", file, judged.Lesson)
	for _, e := range []result.Engine{
		{Name: "docker", Version: "20.10.24", Compose: "1.29.2"}, {Name: "docker", Version: "26.1.5", Compose: "2.26.1"}, {Name: "docker", Version: "29.0.0", Compose: "5.0.0"},
		{Name: "podman", Version: "4.3.1", Compose: "2.26.1"}, {Name: "podman", Version: "5.4.2", Compose: "2.26.1"}, {Name: "podman", Version: "6.0.0", Compose: "5.0.0"},
	} {
		facts := engine.Facts{Engine: e}
		var document result.Document
		for _, p := range judged.Places {
			if p.Claim != nil {
				document.Claims = append(document.Claims, result.Claim{ID: p.Claim.ID, Start: p.Location.Start, End: p.Location.End, Expected: p.Claim.Expected(facts)})
			}
		}
		walked := &result.Walk{}
		for _, step := range plan.Steps {
			expected := step.Expected(facts, semver.MustParse("26.1.5"), nil)
			block := result.Block{Line: step.Block.Line, Head: step.Block.Head(), Result: expected.Is, Because: expected.Because, Erratum: expected.Erratum}
			if step.OutputBlock != nil {
				block.OutputLine = step.OutputBlock.Line
			}
			walked.Blocks = append(walked.Blocks, block)
		}
		for _, unexplained := range text.Unexplained(judged, document, walked) {
			t.Errorf("%s: %s", e, unexplained)
		}
	}
}
