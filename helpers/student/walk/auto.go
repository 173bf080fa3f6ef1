package walk

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/helpers/student"
)

const (
	// quietTime is after how long without output a command counts as a service.
	quietTime = 8 * time.Second
	// slowTimeout bounds commands that pull or build.
	slowTimeout = 5 * time.Minute
)

var (
	mayServe = regexp.MustCompile(`\b(docker[- ]compose\b.*\b(up|run|logs|watch)|(docker|podman) (run|start -a|attach|logs|stats|events)\b|tail -[fF]|watch|top|npm|npx|node|python3?|uvicorn|flask|serve|http-server|kubectl port-forward)\b`)
	detaches = regexp.MustCompile(`\s(-d|--detach|--wait)\b`)
	follows  = regexp.MustCompile(`\b(logs\b.*\s(-f|--follow)\b|(docker|podman) (stats|events)\b|tail -[fF]|watch|top)\b`)
	isSlow   = regexp.MustCompile(`\b(build|pull|up|run|create|apt|apt-get|apk|pip|npm|install)\b`)
	onHost   = regexp.MustCompile(`^(sudo )?(docker|docker-compose|podman)\b`)
	prompted = regexp.MustCompile(`^\s*([\w.-]+@[\w.-]+[: ]\S*[$#%]|\$) `)
)

// AutoPlan plans a walk without a walk file: every file, every block for a shell, and
// the output below it.
func AutoPlan(l *lesson.Lesson) Plan {
	p := Plan{Lesson: l}
	var last *PlanStep // which an output may belong to
	for i, b := range l.Blocks {
		step := PlanStep{Block: b}
		switch b.Kind {
		case lesson.Output:
			if last != nil {
				last.OutputBlock, last.Output = &l.Blocks[i], &Output{Prompts: prompted.MatchString(b.Content)}
			}
			last = nil
			continue
		case lesson.File:
			step.File, step.To = b.Name, b.Name
		case lesson.Command:
			step.Command = b.Head()
			if !step.types() {
				step.Skip = "it has no command for a POSIX shell"
			}
		default:
			continue
		}
		p.Steps = append(p.Steps, step)
		if last = nil; step.Kind() == "command" && step.Skip == "" {
			last = &p.Steps[len(p.Steps)-1]
		}
	}
	return p
}

// FitAuto adds the steps of a walk file to an AutoPlan. name is that of the walk file.
func FitAuto(name string, file File, l *lesson.Lesson) Plan {
	p := AutoPlan(l)
	p.File = file
	for _, added := range file.Steps {
		at, drift := l.Locate(added.quotes()[0])
		b := blockAt(l, at)
		if drift.Kind != lesson.None || b == nil {
			p.Misfits = append(p.Misfits, fmt.Sprintf("%s:%d: %s", name, added.Line, drift))
			continue
		}
		for j := range p.Steps {
			if step := &p.Steps[j]; step.Block.Ordinal == b.Ordinal {
				inferred := step.Step
				step.Step = added
				step.Skip, step.To, step.Output = cmp.Or(added.Skip, inferred.Skip), cmp.Or(added.To, inferred.To), cmp.Or(added.Output, inferred.Output)
			}
		}
	}
	return p
}

// Check types a command that decides a claim, in a terminal of its own.
func (w *Walker) Check(ctx context.Context, command, dir string) (result.Entry, error) {
	const name = "checks"
	t := w.terminals[name]
	if t == nil {
		opened, err := w.session.Open(ctx)
		if err != nil {
			return result.Entry{}, err
		}
		t = &terminal{Terminal: opened, dir: "~"}
		w.terminals[name] = t
	}
	if dir = cmp.Or(dir, w.dir); dir != t.dir {
		if entry, err := t.Type(ctx, "cd "+dir, student.Expectation{}); err != nil || entry.Status != 0 {
			return entry, err
		}
		t.dir = dir
	}
	return t.Type(ctx, command, student.Expectation{Auto: true, Within: slowTimeout})
}

// Auto walks one step of an AutoPlan. It decides what a walk file would say: where a
// file belongs, what runs in the foreground, which terminal is free.
func (w *Walker) Auto(ctx context.Context, step PlanStep) (result.Block, error) {
	w.auto = true
	if step.Skip != "" {
		record := newRecord(step)
		record.Reason = step.Skip
		return record, nil
	}
	fail := func(err error) (result.Block, error) {
		record := newRecord(step)
		record.Reason = err.Error()
		return record, err
	}
	if step.Block.Section != w.section {
		if err := w.endSection(ctx); err != nil {
			return fail(err)
		}
		w.section = step.Block.Section
	}
	if step.Kind() == "file" {
		if !strings.HasPrefix(step.To, "~") {
			step.To = path.Join(w.dir, step.To)
		}
		if !belowHome(step.To) {
			return fail(fmt.Errorf("%s is not below the home directory", step.To))
		}
		return w.Do(ctx, step)
	}
	w.choose(&step)
	if t := w.terminals[step.Terminal]; t != nil {
		step.Inside = t.Inside()
	}
	return w.Do(ctx, step)
}

// choose picks the first terminal that is not busy.
func (w *Walker) choose(step *PlanStep) {
	for n := 2; w.terminals[step.Terminal] != nil && w.terminals[step.Terminal].Busy(); n++ {
		step.Terminal = fmt.Sprint("terminal ", n)
	}
	if step.In = ""; w.terminals[step.Terminal] == nil {
		step.In = w.dir
	}
}

// leave leaves the nested shells of a terminal.
func (t *terminal) leave(ctx context.Context) error {
	for _, line := range []string{"exit", "exit", "exit()", "exit"} {
		if t.Inside() == "" {
			return nil
		}
		if _, err := t.Type(ctx, line, student.Expectation{Auto: true}); err != nil {
			return err
		}
	}
	return fmt.Errorf("the nested shell %q does not end with exit", t.Inside())
}

// endSection stops services and leaves nested shells, since a new section starts
// something else.
func (w *Walker) endSection(ctx context.Context) error {
	for name, t := range w.terminals {
		var err error
		if t.Busy() {
			_, err = t.Stop(ctx, 0)
		}
		if err == nil {
			err = t.leave(ctx)
		}
		if err != nil {
			w.abandon(name)
			return err
		}
	}
	return nil
}

// typeAuto types a line without knowing more than its text.
func (w *Walker) typeAuto(ctx context.Context, t *terminal, line string) (result.Entry, error) {
	if onHost.MatchString(line) {
		if err := t.leave(ctx); err != nil {
			return result.Entry{Typed: line, Status: result.UnknownStatus}, err
		}
	}
	expect := student.Expectation{Auto: true}
	if isSlow.MatchString(line) {
		expect.Within = slowTimeout
	}
	if mayServe.MatchString(line) && !detaches.MatchString(line) {
		expect.Foreground = quietTime
	}
	entry, err := t.Type(ctx, line, expect)
	if err == nil && t.Busy() && follows.MatchString(line) {
		_, err = t.Stop(ctx, 0)
	}
	if t.Inside() == "" && !t.Busy() {
		w.dir = t.Dir()
	}
	return entry, err
}
