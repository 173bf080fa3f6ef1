package walk

import (
	"fmt"
	"slices"

	"github.com/holdfast/holdfast/helpers/lesson"
)

// Plan is a walk file matched with its lesson.
type Plan struct {
	File   File
	Lesson *lesson.Lesson
	Steps  []PlanStep
	// Misfits are the differences: changed, moved and missing blocks, and blocks of
	// the lesson without a step.
	Misfits []string
}

// PlanStep is a step with its block.
type PlanStep struct {
	Step
	Block       lesson.Block
	OutputBlock *lesson.Block // the block that shows what is printed
}

// Fit finds each step's block in the lesson. name is that of the walk file.
func Fit(name string, file File, l *lesson.Lesson) Plan {
	p := Plan{File: file, Lesson: l}
	misfit := func(line int, format string, args ...any) {
		p.Misfits = append(p.Misfits, fmt.Sprintf("%s:%d: %s", name, line, fmt.Sprintf(format, args...)))
	}
	seen := map[int]int{} // the line of the step about each block, by its ordinal
	locations := l.LocateAll(file.quotes())
	find := func(step Step, at lesson.Found) *lesson.Block {
		if at.Drift.Kind != lesson.None {
			misfit(step.Line, "%s", at.Drift)
		}
		b := blockAt(l, at.Location)
		if b == nil {
			return nil // the drift is reported already
		}
		if before, twice := seen[b.Ordinal]; twice {
			misfit(step.Line, "the block of line %d already has a step, in line %d", b.Line, before)
			return nil
		}
		seen[b.Ordinal] = step.Line
		return b
	}
	last := 0
	for _, step := range file.Steps {
		var found []lesson.Found
		step, found, locations = fitting(step, locations)
		if step.Added && found[0].Drift.Kind != lesson.None {
			continue // the lesson has not been corrected
		}
		planned := PlanStep{Step: step}
		block := find(step, found[0])
		if step.Output != nil && step.Output.Block != "" {
			planned.OutputBlock = find(step, found[1])
		}
		if block == nil {
			continue
		}
		planned.Block = *block
		if block.Ordinal < last {
			misfit(step.Line, "the lesson has this block (line %d) before that of the step above", block.Line)
		}
		last = max(last, block.Ordinal)
		if step.Kind() == "command" && step.Skip == "" && !planned.types() {
			misfit(step.Line, "the step types nothing: the block of line %d has no command for a POSIX shell; say why with `skip`", block.Line)
		}
		for _, line := range planned.unknownLines() {
			misfit(step.Line, "the block of line %d has no line %q", block.Line, line)
		}
		p.Steps = append(p.Steps, planned)
	}
	for _, b := range l.Blocks {
		if _, has := seen[b.Ordinal]; !has && (b.Kind == lesson.Command || b.Kind == lesson.Output || b.Kind == lesson.File) {
			misfit(1, "no step is about the %s of line %d (%s; sum %s)", b.Kind, b.Line, b.Head(), b.Sum())
		}
	}
	return p
}

// blockAt returns the block of a location, or nil.
func blockAt(l *lesson.Lesson, at lesson.Location) *lesson.Block {
	for i, b := range l.Blocks {
		if at.End > 0 && b.Start <= at.Start && at.End <= b.End {
			return &l.Blocks[i]
		}
	}
	return nil
}

// quotes returns the quotes of all steps, in all their variants.
func (f File) quotes() (all []lesson.Quote) {
	for _, step := range f.Steps {
		for _, variant := range step.variants() {
			all = append(all, variant.quotes()...)
		}
	}
	return all
}

// quotes returns the quote of the step's block, and then that of its output.
func (s Step) quotes() []lesson.Quote {
	all := []lesson.Quote{{Section: s.Section, Block: s.File + s.Edit + s.Command, Sum: s.Sum, Nth: s.Nth}}
	if o := s.Output; o != nil && o.Block != "" {
		all = append(all, lesson.Quote{Section: s.Section, Block: o.Block, Sum: o.Sum, Nth: o.Nth})
	}
	return all
}

// fitting takes the locations for a step, in the order of its quotes, and picks the
// variant whose blocks were all found, or else the original.
func fitting(step Step, locations []lesson.Found) (best Step, found, rest []lesson.Found) {
	drifts := func(all []lesson.Found) bool {
		return slices.ContainsFunc(all, func(f lesson.Found) bool { return f.Drift.Kind != lesson.None })
	}
	for i, variant := range step.variants() {
		n := len(variant.quotes())
		if i == 0 || drifts(found) && !drifts(locations[:n]) {
			best, found = variant, locations[:n]
		}
		locations = locations[n:]
	}
	return best, found, locations
}

// types reports whether the block has anything to type.
func (s PlanStep) types() bool {
	return slices.ContainsFunc(s.Block.Commands, func(c lesson.CommandLine) bool { return c.Text != "" })
}

// shows reports whether the lesson shows what a line prints, and so its failure.
func (s PlanStep) shows(line string) bool {
	if s.OutputBlock != nil {
		return len(s.Output.Shows) == 0 || slices.Contains(s.Output.Shows, line)
	}
	return slices.ContainsFunc(s.Block.Commands, func(c lesson.CommandLine) bool { return c.Joined == line && c.Output != "" })
}

// unknownLines returns the lines that the step names and its block does not have.
func (s PlanStep) unknownLines() (unknown []string) {
	var named []string
	for _, line := range s.Lines {
		named = append(named, line.Line)
	}
	if s.Output != nil {
		named = append(named, s.Output.Shows...)
	}
	for _, name := range named {
		if !slices.ContainsFunc(s.Block.Commands, func(c lesson.CommandLine) bool { return c.Joined == name }) {
			unknown = append(unknown, name)
		}
	}
	return unknown
}
