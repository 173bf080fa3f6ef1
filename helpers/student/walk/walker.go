package walk

import (
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

// Walker is a student on the way.
type Walker struct {
	desk      *student.Desk
	prompts   map[string]string
	projects  fs.FS
	terminals map[string]*terminal
	names     output.Names
}

type terminal struct {
	*student.Terminal
	folder string
}

// NewWalker sets out at a desk. projects hold what steps are given from.
func NewWalker(desk *student.Desk, prompts map[string]string, projects fs.FS) *Walker {
	return &Walker{desk: desk, prompts: prompts, projects: projects, terminals: map[string]*terminal{}, names: output.Names{}}
}

// Do walks one stop. The record tells what came of it, also where there is an
// error: that the terminal did not go where the walk file says.
func (w *Walker) Do(ctx context.Context, stop Stop) (record result.Block, err error) {
	began := time.Now()
	record = newRecord(stop)
	defer func() {
		record.Seconds = time.Since(began).Seconds()
		record.Typed = err == nil
		if err != nil {
			record.Reason = err.Error()
		}
	}()
	if err := w.give(stop.Step.Give); err != nil {
		return record, err
	}
	switch stop.Step.Kind() {
	case "file":
		return record, w.write(stop.Step.To, []byte(stop.Block.Content))
	case "edit":
		if err := w.edit(stop.Step.To, stop.Block.Content); err != nil {
			return record, err
		}
		return record, w.deeds(ctx, stop, stop.Step.After, &record)
	}
	return record, w.command(ctx, stop, &record)
}

func newRecord(stop Stop) result.Block {
	record := result.Block{Kind: stop.Step.Kind(), Line: stop.Block.Line, Section: stop.Block.Section, Head: stop.Block.Head(), Place: stop.Step.To}
	if record.Place == "" {
		record.Place = stop.Step.In
	}
	if stop.Output != nil {
		record.OutputLine = stop.Output.Line
	}
	return record
}

func (w *Walker) command(ctx context.Context, stop Stop, record *result.Block) error {
	step := stop.Step
	if err := w.deeds(ctx, stop, step.Before, record); err != nil {
		return err
	}
	t, err := w.at(ctx, stop, record)
	if err != nil {
		return err
	}
	if inside := t.Inside(); inside != step.Inside {
		return fmt.Errorf("line %d is to be typed %s, but the terminal is %s; its screen:\n%s", stop.Block.Line, where(step.Inside), where(inside), t.Screen())
	}
	failed := false
	var lines []string
	for _, command := range stop.Block.Commands {
		if command.Text == "" {
			continue
		}
		entry, err := w.line(ctx, t, command, step)
		lines = append(lines, command.Joined)
		record.Transcript = append(record.Transcript, result.Typing{Entry: entry, Terminal: step.Terminal})
		failed = failed || entry.Status > 0 || refused(step.Refused, entry.Printed)
		switch {
		case errors.Is(err, student.ErrEnded):
			failed = true // of itself: that is an answer
		case err != nil:
			w.abandon(step.Terminal)
			return fmt.Errorf("line %d: %w", command.Line, err)
		}
	}
	if err := w.compare(stop, record, lines); err != nil {
		return err
	}
	if failed && record.Result != result.Substance {
		record.Result = result.Fails
	}
	return w.deeds(ctx, stop, step.After, record)
}

func where(inside string) string {
	if inside == "" {
		return "in the student's own shell"
	}
	return "inside " + inside
}

func refused(pattern, printed string) bool {
	return pattern != "" && regexp.MustCompile(pattern).MatchString(printed)
}

// line types one line of a block as its step says.
func (w *Walker) line(ctx context.Context, t *terminal, command lesson.CommandLine, step Step) (result.Entry, error) {
	at := slices.IndexFunc(step.Lines, func(l Line) bool { return l.Line == command.Joined })
	if at < 0 {
		return t.Type(ctx, command.Text, student.How{})
	}
	known := step.Lines[at]
	if known.Ready != nil {
		return t.Serve(ctx, command.Text, student.Ready(*known.Ready), known.Within)
	}
	how := student.How{Within: known.Within}
	if known.Opens != "" {
		how.Opens = &student.Prompt{Name: known.Opens, Pattern: w.prompts[known.Opens]}
	}
	for _, answer := range known.Answers {
		how.Answers = append(how.Answers, student.Answer(answer))
	}
	return t.Type(ctx, command.Text, how)
}

// compare holds the lesson's output against the transcript.
func (w *Walker) compare(stop Stop, record *result.Block, lines []string) error {
	record.Result = result.Same
	known := stop.Step.Output
	if stop.Output == nil || known == nil {
		return nil
	}
	printed := ""
	typed := record.Transcript[len(record.Transcript)-len(lines):]
	for i, line := range lines {
		switch {
		case len(known.Shows) > 0 && !slices.Contains(known.Shows, line):
		case known.Prompts:
			printed += typed[i].Entry.Screen()
		default:
			printed += typed[i].Printed
			if printed != "" && !strings.HasSuffix(printed, "\n") {
				printed += "\n"
			}
		}
	}
	rules := known.rules(w.names)
	if known.Project != "" {
		rules.Project = [2]string{known.Project, filepath.Base(stop.Step.In)}
	}
	comparison, err := output.Compare(stop.Output.Content, printed, rules)
	if err != nil {
		return err
	}
	record.Comparison, record.Result, record.Diff = &comparison, comparison.Kind, comparison.String()
	return nil
}

// at brings a terminal to the folder of the stop.
func (w *Walker) at(ctx context.Context, stop Stop, record *result.Block) (*terminal, error) {
	name := stop.Step.Terminal
	t, open := w.terminals[name]
	if !open {
		opened, err := w.desk.Open(ctx)
		if err != nil {
			return nil, err
		}
		t = &terminal{Terminal: opened, folder: "~"}
		w.terminals[name] = t
	}
	folder := stop.Step.In
	if folder == "" || folder == t.folder || t.Inside() != "" || t.Busy() {
		return t, nil
	}
	if err := w.mkdir(folder); err != nil {
		return nil, err
	}
	entry, err := t.Type(ctx, "cd "+folder, student.How{})
	record.Transcript = append(record.Transcript, result.Typing{Entry: entry, Terminal: name, Aside: "the folder that the block is typed in"})
	if err == nil && entry.Status == 0 {
		t.folder = folder
	}
	return t, err
}

// deeds does what no block says.
func (w *Walker) deeds(ctx context.Context, stop Stop, deeds []Deed, record *result.Block) error {
	for _, deed := range deeds {
		t, err := w.at(ctx, stop, record)
		if err != nil {
			return err
		}
		if deed.Stop && !t.Busy() {
			continue // the service has ended by itself, which the block's result tells
		}
		var entry result.Entry
		switch {
		case deed.Await != nil:
			err = w.await(ctx, *deed.Await, t)
		case deed.Stop:
			entry, err = t.Stop(ctx, 0)
		default:
			entry, err = t.Type(ctx, deed.Type, student.How{})
		}
		record.Transcript = append(record.Transcript, result.Typing{Entry: entry, Terminal: stop.Step.Terminal, Aside: deed.Because})
		if err == nil && deed.Type != "" && entry.Status > 0 {
			err = fmt.Errorf("%q, which is to be done because %s, fails with status %d:\n%s", deed.Type, deed.Because, entry.Status, entry.Printed)
		}
		if err != nil {
			w.abandon(stop.Step.Terminal)
			return fmt.Errorf("beside line %d: %w", stop.Block.Line, err)
		}
	}
	return nil
}

const pageLimit = 30 * time.Second

// await waits until a page is as it should be.
func (w *Walker) await(ctx context.Context, ready Ready, t *terminal) error {
	ctx, cancel := context.WithTimeout(ctx, pageLimit)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !w.desk.Answers(ctx, ready.URL, ready.Body) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s did not answer with %q within %s; the terminal then:\n%s", ready.URL, ready.Body, pageLimit, t.Screen())
		}
	}
	return nil
}

// abandon ends a terminal in which nobody knows what goes on; the next block
// gets a new one.
func (w *Walker) abandon(name string) {
	if t, open := w.terminals[name]; open {
		_ = t.Close() // the desk's end says what could not be ended
		delete(w.terminals, name)
	}
}
