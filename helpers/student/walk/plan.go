package walk

import (
	"fmt"
	"slices"

	"github.com/holdfast/holdfast/helpers/lesson"
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
	find := func(step Step, at lesson.Found) *lesson.Block {
		if at.Drift.Kind != lesson.None {
			misfit(step.Line, "%s", at.Drift)
		}
		b := p.blockAt(at.Location)
		if b == nil {
			return nil // the drift says why
		}
		if before, twice := seen[b.Ordinal]; twice {
			misfit(step.Line, "the block of line %d has a step already, in line %d", b.Line, before)
			return nil
		}
		seen[b.Ordinal] = step.Line
		return b
	}
	last := 0
	for _, step := range file.Steps {
		var found []lesson.Found
		step, found, answers = fitting(step, answers)
		if step.Added && found[0].Drift.Kind != lesson.None {
			continue // the lesson has not been corrected
		}
		stop := Stop{Step: step}
		block := find(step, found[0])
		if step.Output != nil {
			stop.Output = find(step, found[1])
		}
		if block == nil {
			continue
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

// blockAt is the block that a place is in.
func (p Plan) blockAt(at lesson.Location) *lesson.Block {
	for i, b := range p.Lesson.Blocks {
		if at.End > 0 && b.Start <= at.Start && at.End <= b.End {
			return &p.Lesson.Blocks[i]
		}
	}
	return nil
}

// quotes are what the steps in all their variants and their outputs are about.
func (f File) quotes() (all []lesson.Quote) {
	for _, step := range f.Steps {
		for _, variant := range step.variants() {
			all = append(all, variant.quotes()...)
		}
	}
	return all
}

// quotes are the step's, then its output's.
func (s Step) quotes() []lesson.Quote {
	all := []lesson.Quote{{Section: s.Section, Block: s.File + s.Edit + s.Command, Sum: s.Sum, Nth: s.Nth}}
	if o := s.Output; o != nil {
		all = append(all, lesson.Quote{Section: s.Section, Block: o.Block, Sum: o.Sum, Nth: o.Nth})
	}
	return all
}

// fitting takes the answers about a step, which come in the order of the quotes,
// and picks the variant whose blocks were all found, else the first.
func fitting(step Step, answers []lesson.Found) (best Step, found, rest []lesson.Found) {
	for i, variant := range step.variants() {
		n := len(variant.quotes())
		mine := answers[:n]
		answers = answers[n:]
		fits := !slices.ContainsFunc(mine, func(f lesson.Found) bool { return f.Drift.Kind != lesson.None })
		if i == 0 || fits && slices.ContainsFunc(found, func(f lesson.Found) bool { return f.Drift.Kind != lesson.None }) {
			best, found = variant, mine
		}
	}
	return best, found, answers
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
