package sidecar

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/lesson/text"
	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/helpers/student"
	"github.com/holdfast/holdfast/helpers/student/output"
	"github.com/holdfast/holdfast/helpers/student/walk"
)

// Judgement is what a run found of a lesson.
type Judgement struct {
	Document result.Document
	Walk     result.Walk
	// Unexplained are blocks that do something else, which no erratum explains.
	Unexplained []string
	Todo        []string // what the author has not sorted yet
}

// checked is a claim with checks, and the outcome of these.
type checked struct {
	place   text.Place
	due     int // the end of its section
	done    bool
	failure string
	steps   []result.Evidence
}

// Judge walks a lesson on a disposable engine and decides its claims. progress is
// called after each block.
func (l *Lesson) Judge(ctx context.Context, place *walk.Disposable, progress func(result.Block)) (j Judgement, err error) {
	if err := place.Clean(ctx); err != nil {
		return j, err
	}
	return l.judge(ctx, place.Session, place.Engine.Facts, place.Tools, progress)
}

func (l *Lesson) judge(ctx context.Context, session *student.Session, facts engine.Facts, tools result.Tools, progress func(result.Block)) (j Judgement, err error) {
	began := time.Now()
	w := walk.NewWalker(session, l.Plan.File, nil)
	do := w.Do
	if l.Plan.File.Auto {
		do = w.Auto
	}
	checks := l.checks()
	records := map[int]result.Block{} // by the ordinals of the block and of its output
	for _, step := range l.Plan.Steps {
		if err := runDue(ctx, w, checks, step.Block.Start); err != nil {
			return j, err
		}
		record, _ := do(ctx, step) // the record has the error
		if ctx.Err() != nil {
			return j, ctx.Err()
		}
		progress(record)
		record.Expected = result.Same
		records[step.Block.Ordinal] = record
		if step.OutputBlock != nil {
			records[step.OutputBlock.Ordinal] = record
		}
		j.Walk.Blocks = append(j.Walk.Blocks, record)
	}
	if err := runDue(ctx, w, checks, len(l.Source)); err != nil {
		return j, err
	}
	j.Walk.Schema, j.Walk.Engine, j.Walk.Tools, j.Walk.Misfits = result.WalkSchema, facts.Engine, tools, l.Plan.Misfits
	j.Walk.Lesson = result.Lesson{ID: l.ID, SHA256: l.SHA256}
	j.Walk.Seconds = time.Since(began).Seconds()
	j.Document = l.document(began, facts.Engine)
	for _, p := range l.Places {
		if p.Claim == nil || p.Claim.By == claims.ByProse {
			continue
		}
		claim := l.claim(p, p.Claim.Expected(facts))
		l.decide(&claim, p, records, checks)
		if claim.Verdict == result.Unverified && claim.Reason == todo {
			j.Todo = append(j.Todo, fmt.Sprintf("%s:%d: %s: %s", l.Path, claim.Line, claim.ID, claim.Quote))
		}
		j.Document.Claims = append(j.Document.Claims, claim)
	}
	for _, s := range l.Unclaimed() {
		j.Todo = append(j.Todo, fmt.Sprintf("%s:%d: %s", l.Path, s.Line, s.Text))
	}
	j.Unexplained = text.Unexplained(l.Text, j.Document, &j.Walk)
	return j, nil
}

// todo is the reason of a claim that nothing decides yet.
const todo = "the author has not said yet how it is decided"

func (l *Lesson) checks() map[string]*checked {
	all := map[string]*checked{}
	for _, p := range l.Places {
		if p.Claim == nil || len(p.Claim.Check) == 0 || p.Drift.Kind != lesson.None {
			continue
		}
		due := 0
		if s := l.SectionAt(p.Location.Start); s != nil {
			due = s.BodyEnd
		}
		all[p.Claim.ID] = &checked{place: p, due: due}
	}
	return all
}

// runDue types the checks of the sections that end at or before an offset.
func runDue(ctx context.Context, w *walk.Walker, checks map[string]*checked, offset int) error {
	for _, c := range checks {
		if c.done || c.due > offset {
			continue
		}
		c.done = true
		for _, check := range c.place.Claim.Check {
			entry, err := w.Check(ctx, check.Run, check.In)
			if err != nil {
				return fmt.Errorf("the check %q of %s: %w", check.Run, c.place.Claim.ID, err)
			}
			c.steps = append(c.steps, result.Evidence{Did: check.Run, Saw: fmt.Sprintf("%sexit status %d", entry.Printed, entry.Status)})
			switch comparison, err := output.Compare(check.Prints, entry.Printed, output.Rules{}); {
			case err != nil:
				return err
			case (entry.Status != 0) != check.Fails:
				c.failure = fmt.Sprintf("%s exits with %d:\n%s", check.Run, entry.Status, entry.Printed)
			case check.Prints != "" && comparison.Kind == result.Substance:
				c.failure = fmt.Sprintf("%s prints something else:\n%s", check.Run, comparison)
			}
		}
	}
	return nil
}

// decide sets the verdict of a claim.
func (l *Lesson) decide(claim *result.Claim, p text.Place, records map[int]result.Block, checks map[string]*checked) {
	unverified := func(reason string) { claim.Verdict, claim.Reason = result.Unverified, reason }
	switch {
	case p.Drift.Kind != lesson.None:
		unverified("the lesson no longer has its quote: " + p.Drift.String())
	case p.Claim.Undecided != "":
		unverified(p.Claim.Undecided)
	case p.Claim.By == claims.BySpec:
		unverified("a spec of the suite decides it")
	case len(p.Claim.Check) > 0:
		c := checks[p.Claim.ID]
		claim.Evidence = c.steps
		switch corrected := l.CorrectedClaims[p.Claim.ID]; {
		case corrected && c.failure == "":
			claim.Verdict, claim.Reason = result.Contradicted, "the claim as it was holds, so its correction does not"
		case corrected || c.failure == "":
			claim.Verdict = result.Holds
		default:
			claim.Verdict, claim.Reason = result.Contradicted, c.failure
		}
	case p.Claim.By == claims.ByWalk:
		record, block, found := l.recordOf(p, records)
		switch {
		case !found:
			unverified("no typed block is in its section")
		case !record.Typed:
			unverified(record.Reason)
		case record.Result == result.Substance && failsOnly(record, block) && !failed(record):
			claim.Verdict = result.Holds // the claim about its output is contradicted
		case record.Result == result.Substance && block.Ordinal == 0:
			unverified(fmt.Sprintf("line %d, which should show it, prints something else", record.Line))
		case record.Result == result.Substance:
			claim.Verdict, claim.Reason = result.Contradicted, record.Diff
		case record.Result == result.Fails:
			claim.Verdict, claim.Reason = result.Contradicted, record.Screen()
		default:
			claim.Verdict = result.Holds
		}
		claim.Evidence = append(claim.Evidence, result.Evidence{Did: record.Head, Saw: strings.TrimSpace(record.Screen())})
	default:
		unverified(todo)
	}
	claim.Specs = append(claim.Specs, result.Spec{Name: "the walk of " + l.Path, State: "passed"})
}

// recordOf finds the block that decides a claim: the one of its quote, or else the next
// one in its section, or else the last one before it.
func (l *Lesson) recordOf(p text.Place, records map[int]result.Block) (record result.Block, of lesson.Block, found bool) {
	section := l.SectionAt(p.Location.Start)
	for _, b := range l.Blocks {
		r, has := records[b.Ordinal]
		switch {
		case !has || r.Kind != "command":
		case p.Location.Start < b.End && b.Start < p.Location.End:
			return r, b, true
		case l.SectionAt(b.Start) != section:
		case b.Start >= p.Location.End:
			return r, lesson.Block{}, true
		default:
			record, found = r, true
		}
	}
	return record, lesson.Block{}, found
}

func (l *Lesson) document(began time.Time, engine result.Engine) result.Document {
	d := result.Document{
		Schema: result.Schema, Engine: engine, Lesson: result.Lesson{ID: l.ID, SHA256: l.SHA256},
		Run:    result.Run{ID: "lesson-" + l.ID, Started: began.UTC().Format(time.RFC3339), Seconds: time.Since(began).Seconds(), Procs: 1, Specs: len(l.Plan.Steps), Passed: true},
		Claims: []result.Claim{}, Matrix: []result.Cell{}, Drift: []result.Drift{}, Uncovered: []result.Passage{}, Leftovers: []string{},
	}
	for _, p := range l.Drift() {
		d.Drift = append(d.Drift, result.Drift{Claim: p.Name, Kind: string(p.Drift.Kind), Line: p.Drift.Line, Detail: p.Drift.String()})
	}
	for _, p := range l.Places {
		if p.Claim != nil && p.Claim.By == claims.ByProse {
			p.Prose = "definition"
		}
		if p.Prose != "" && p.Drift.Kind == lesson.None {
			d.Prose = append(d.Prose, result.Prose{Line: p.Location.Line, Start: p.Location.Start, End: p.Location.End, Reason: p.Prose})
		}
	}
	slices.SortFunc(d.Prose, func(a, b result.Prose) int { return a.Start - b.Start })
	return d
}

func (l *Lesson) claim(p text.Place, expected string) result.Claim {
	c := result.Claim{ID: p.Claim.ID, Section: p.Claim.Section, Line: p.Location.Line, Start: p.Location.Start, End: p.Location.End,
		Quote: p.Claim.Quote.Text(), Expected: expected, Substitutes: []result.Substitute{}, Specs: []result.Spec{}, Evidence: []result.Evidence{}}
	if l.CorrectedClaims[p.Claim.ID] {
		c.Expected = result.Holds
	}
	if e := p.Claim.Erratum; e != nil {
		c.Erratum = &e.Erratum
	}
	if d := p.Claim.Deviation; d != nil {
		c.Deviation = &d.Deviation
	}
	return c
}
