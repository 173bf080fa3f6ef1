package walk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/lesson"
	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/helpers/student"
	"github.com/holdfast/holdfast/helpers/student/output"
)

// pageTimeout bounds the wait for a page.
const pageTimeout = 30 * time.Second

// Walker walks through a lesson in a student's session.
type Walker struct {
	session   *student.Session
	file      File
	projects  fs.FS
	terminals map[string]*terminal
	names     output.Names

	auto    bool   // there is no walk file; see Auto
	section string // of the last step
	dir     string // the current directory
}

type terminal struct {
	*student.Terminal
	dir string
}

// NewWalker returns a walker. file describes prompts and patterns, and projects holds the files that steps provide.
func NewWalker(session *student.Session, file File, projects fs.FS) *Walker {
	return &Walker{session: session, file: file, projects: projects, terminals: map[string]*terminal{}, names: output.Names{}, dir: "~"}
}

// Do walks one step. The record is valid also with an error, which means that the
// terminal did not do what the walk file says.
func (w *Walker) Do(ctx context.Context, step PlanStep) (record result.Block, err error) {
	began := time.Now()
	record = newRecord(step)
	defer func() {
		record.Seconds = time.Since(began).Seconds()
		record.Typed = err == nil
		if err != nil {
			record.Reason = err.Error()
		}
	}()
	if err := w.provide(step.Provide); err != nil {
		return record, err
	}
	switch step.Kind() {
	case "file":
		return record, w.write(step.To, []byte(step.Block.Content))
	case "edit":
		if err := w.edit(step.To, step.Block.Content); err != nil {
			return record, err
		}
		return record, w.act(ctx, step, step.After, &record)
	}
	return record, w.command(ctx, step, &record)
}

func newRecord(step PlanStep) result.Block {
	record := result.Block{Kind: step.Kind(), Line: step.Block.Line, Section: step.Block.Section, Head: step.Block.Head(), Place: step.To}
	if record.Place == "" {
		record.Place = step.In
	}
	if step.OutputBlock != nil {
		record.OutputLine = step.OutputBlock.Line
	}
	return record
}

func (w *Walker) command(ctx context.Context, step PlanStep, record *result.Block) error {
	if err := w.act(ctx, step, step.Before, record); err != nil {
		return err
	}
	t, err := w.terminal(ctx, step, record)
	if err != nil {
		return err
	}
	if inside := t.Inside(); inside != step.Inside {
		return fmt.Errorf("line %d must be typed %s, but the terminal is %s; its screen:\n%s", step.Block.Line, where(step.Inside), where(inside), t.Screen())
	}
	var lines, failed []string
	for _, command := range step.Block.Commands {
		if command.Text == "" {
			continue
		}
		if w.auto && t.Busy() {
			w.choose(&step)
			if t, err = w.terminal(ctx, step, record); err != nil {
				return err
			}
		}
		entry, err := w.typeLine(ctx, t, command, step)
		lines = append(lines, command.Joined)
		record.Transcript = append(record.Transcript, result.Typing{Entry: entry, Terminal: step.Terminal})
		if entry.Status > 0 || errors.Is(err, student.ErrEnded) || step.FailsIf != "" && regexp.MustCompile(step.FailsIf).MatchString(entry.Printed) {
			failed = append(failed, command.Joined)
		}
		if err != nil && !errors.Is(err, student.ErrEnded) { // a service that ends is a result
			w.abandon(step.Terminal)
			return fmt.Errorf("line %d: %w%s", command.Line, err, advice(err))
		}
	}
	if err := w.compare(step, record, lines); err != nil {
		return err
	}
	unseen := func(line string) bool { return !step.shows(line) }
	if record.Result != result.Substance && slices.ContainsFunc(failed, unseen) {
		record.Result = result.Fails
	}
	return w.act(ctx, step, step.After, record)
}

// advice says how the walk file describes what a terminal waits for.
func advice(err error) string {
	switch {
	case errors.Is(err, student.ErrAsks):
		return "\nDescribe the question and its answer in the step's `lines`, under `answers`."
	case errors.Is(err, student.ErrOtherPrompt):
		return "\nDescribe the prompt under `prompts`, and name it with `opens` in the step's `lines`."
	}
	return ""
}

func where(inside string) string {
	if inside == "" {
		return "in the student's own shell"
	}
	return "inside " + inside
}

// typeLine types one line of a block as its step describes it.
func (w *Walker) typeLine(ctx context.Context, t *terminal, command lesson.CommandLine, step PlanStep) (result.Entry, error) {
	at := slices.IndexFunc(step.Lines, func(l Line) bool { return l.Line == command.Joined })
	if at < 0 && w.auto {
		return w.typeAuto(ctx, t, command.Text)
	}
	if at < 0 {
		return t.Type(ctx, command.Text, student.Expectation{})
	}
	line := step.Lines[at]
	if line.Ready != nil {
		return t.Serve(ctx, command.Text, *line.Ready, line.Within)
	}
	expect := student.Expectation{Answers: line.Answers, Within: line.Within}
	if line.Opens != "" {
		expect.Opens = &student.Prompt{Name: line.Opens, Pattern: w.file.Prompts[line.Opens]}
	}
	return t.Type(ctx, command.Text, expect)
}

// compare compares the lesson's output with the transcript.
func (w *Walker) compare(step PlanStep, record *result.Block, lines []string) error {
	record.Result = result.Same
	typed := slices.DeleteFunc(slices.Clone(record.Transcript), func(t result.Typing) bool { return t.Aside != "" })
	if step.OutputBlock == nil {
		return w.compareTranscript(step, record, typed)
	}
	shown := step.Output
	var printed []string
	for i, line := range lines {
		text := typed[i].Printed
		if shown.Prompts {
			text = typed[i].Entry.Screen()
		}
		if text != "" && (len(shown.Shows) == 0 || slices.Contains(shown.Shows, line)) {
			printed = append(printed, strings.TrimSuffix(text, "\n")+"\n")
		}
	}
	comparison, err := w.compareLast(step, printed)
	if err != nil {
		return err
	}
	record.Comparison, record.Result, record.Diff = &comparison, comparison.Kind, comparison.String()
	return nil
}

// compareTranscript compares the outputs that a block shows below its commands.
func (w *Walker) compareTranscript(step PlanStep, record *result.Block, typed []result.Typing) error {
	commands := slices.DeleteFunc(slices.Clone(step.Block.Commands), func(c lesson.CommandLine) bool { return c.Text == "" })
	var all result.Comparison
	for i, command := range commands {
		if command.Output == "" {
			continue
		}
		one, err := output.Compare(command.Output, typed[i].Printed, w.rules(step))
		if err != nil {
			return err
		}
		all = output.Join(all, one)
		record.Comparison, record.Result, record.Diff = &all, all.Kind, all.String()
		record.OutputLine = cmp.Or(record.OutputLine, command.Line)
	}
	return nil
}

// rules returns the rules for comparing a step's outputs.
func (w *Walker) rules(step PlanStep) (rules output.Rules) {
	if step.Output != nil {
		rules = step.Output.Rules
		if step.Output.Project != "" {
			rules.Project = [2]string{step.Output.Project, filepath.Base(step.In)}
		}
	}
	rules.Names, rules.Patterns = w.names, w.file.Patterns
	if w.auto {
		rules.Ignore = []string{"exit"} // bash prints it when it ends
	}
	return rules
}

// terminal returns the step's terminal, in the step's directory.
func (w *Walker) terminal(ctx context.Context, step PlanStep, record *result.Block) (*terminal, error) {
	name := step.Terminal
	t, open := w.terminals[name]
	if !open {
		opened, err := w.session.Open(ctx)
		if err != nil {
			return nil, err
		}
		t = &terminal{Terminal: opened, dir: "~"}
		w.terminals[name] = t
	}
	if step.In == "" || step.In == t.dir || t.Inside() != "" || t.Busy() {
		return t, nil
	}
	if err := w.mkdir(step.In); err != nil {
		return nil, err
	}
	entry, err := t.Type(ctx, "cd "+step.In, student.Expectation{})
	record.Transcript = append(record.Transcript, result.Typing{Entry: entry, Terminal: name, Aside: "the directory of the block"})
	if err == nil && entry.Status == 0 {
		t.dir = step.In
	}
	return t, err
}

// act performs actions that no block shows.
func (w *Walker) act(ctx context.Context, step PlanStep, actions []Action, record *result.Block) error {
	for _, action := range actions {
		t, err := w.terminal(ctx, step, record)
		if err != nil {
			return err
		}
		if action.Stop && !t.Busy() {
			continue // the service has ended by itself, which the block's result shows
		}
		var entry result.Entry
		switch {
		case action.WaitFor != nil:
			bounded, cancel := context.WithTimeout(ctx, pageTimeout)
			err = t.AwaitPage(bounded, *action.WaitFor)
			cancel()
		case action.Stop:
			entry, err = t.Stop(ctx, 0)
		default:
			entry, err = t.Type(ctx, action.Type, student.Expectation{})
		}
		record.Transcript = append(record.Transcript, result.Typing{Entry: entry, Terminal: step.Terminal, Aside: action.Because})
		if err == nil && action.Type != "" && entry.Status > 0 {
			err = fmt.Errorf("%q, typed because %s, failed with status %d:\n%s", action.Type, action.Because, entry.Status, entry.Printed)
		}
		if err != nil {
			w.abandon(step.Terminal)
			return fmt.Errorf("an action for line %d: %w", step.Block.Line, err)
		}
	}
	return nil
}

// abandon closes a terminal in an unknown state. The next block gets a new one.
func (w *Walker) abandon(name string) {
	if t, open := w.terminals[name]; open {
		_ = t.Close() // Session.Close reports the error
		delete(w.terminals, name)
	}
}
