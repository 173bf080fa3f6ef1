package walk

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/holdfast/holdfast/fixtures/lessons"
	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/settings"
)

// Plan is a walk file that was held against its lesson.
type Plan struct {
	File   File
	Lesson *lesson.Lesson
	Stops  []Stop
	// Misfits are where the two do not fit: blocks that changed, moved or are
	// gone, and blocks of the lesson that no step is about.
	Misfits []string
}

// Stop is a step with the block that it is about.
type Stop struct {
	Step   Step
	Block  lesson.Block
	Output *lesson.Block // what the lesson shows of what is printed
}

// Fit finds each step's block in the lesson. name is the walk file's.
func Fit(name string, file File, l *lesson.Lesson) Plan {
	p := Plan{File: file, Lesson: l}
	misfit := func(line int, format string, args ...any) {
		p.Misfits = append(p.Misfits, fmt.Sprintf("%s:%d: %s", name, line, fmt.Sprintf(format, args...)))
	}
	seen := map[int]int{} // ordinals of blocks, and the lines of the steps about them
	answers := l.LocateAll(file.quotes())
	// The answers come in the order of the quotes: a step's, then its output's.
	find := func(line int) *lesson.Block {
		at, drift := answers[0].Location, answers[0].Drift
		answers = answers[1:]
		if drift.Kind != lesson.None {
			misfit(line, "%s", drift)
		}
		for i, b := range l.Blocks {
			if at.End > 0 && b.Start <= at.Start && at.End <= b.End {
				if before, twice := seen[b.Ordinal]; twice {
					misfit(line, "the block of line %d has a step already, in line %d", b.Line, before)
					return nil
				}
				seen[b.Ordinal] = line
				return &l.Blocks[i]
			}
		}
		return nil
	}
	last := 0
	for _, step := range file.Steps {
		stop := Stop{Step: step}
		block := find(step.Line)
		if step.Output != nil {
			stop.Output = find(step.Line)
		}
		if block == nil {
			continue // the drift says why
		}
		stop.Block = *block
		if block.Ordinal < last {
			misfit(step.Line, "the lesson has this block (line %d) before that of the step above", block.Line)
		}
		last = max(last, block.Ordinal)
		for _, line := range unknownLines(stop) {
			misfit(step.Line, "the block of line %d has no line %q", block.Line, line)
		}
		p.Stops = append(p.Stops, stop)
	}
	for _, b := range l.Blocks {
		if _, has := seen[b.Ordinal]; !has && (b.Kind == lesson.Command || b.Kind == lesson.Output || b.Kind == lesson.File) {
			misfit(1, "no step is about the %s of line %d (%s; sum %s)", b.Kind, b.Line, b.Head(), b.Sum())
		}
	}
	return p
}

// quotes are what the steps and their outputs are about.
func (f File) quotes() (all []lesson.Quote) {
	for _, step := range f.Steps {
		all = append(all, lesson.Quote{Section: step.Section, Block: step.File + step.Edit + step.Command, Sum: step.Sum, Nth: step.Nth})
		if o := step.Output; o != nil {
			all = append(all, lesson.Quote{Section: step.Section, Block: o.Block, Sum: o.Sum, Nth: o.Nth})
		}
	}
	return all
}

// unknownLines are those that a step speaks of and its block does not have.
func unknownLines(s Stop) (unknown []string) {
	named := []string{}
	for _, line := range s.Step.Lines {
		named = append(named, line.Line)
	}
	if s.Step.Output != nil {
		named = append(named, s.Step.Output.Shows...)
	}
	for _, name := range named {
		found := false
		for _, command := range s.Block.Commands {
			found = found || command.Joined == name
		}
		if !found {
			unknown = append(unknown, name)
		}
	}
	return unknown
}

// Read reads a lesson: the copy that HOLDFAST_LESSON names, unless that is the
// copy of another lesson, else the one that comes with the suite.
func Read(id string) (*lesson.Lesson, error) {
	if path := settings.Lesson.Get(); path != "" && !anothers(path, id) {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("reading the lesson that %s names: %w", settings.Lesson.Name, err)
		}
		return lesson.Parse(id, data)
	}
	data, err := lessons.Files.ReadFile(id + ".md")
	if err != nil {
		return nil, fmt.Errorf("there is no lesson %q in fixtures/lessons: %w", id, err)
	}
	return lesson.Parse(id, data)
}

func anothers(path, id string) bool {
	name := strings.TrimSuffix(filepath.Base(path), ".md")
	_, err := lessons.Files.Open(name + ".md")
	return name != id && err == nil
}
