package student

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/result"
)

// Type types a line, waits for the next prompt, and returns what was printed in
// between. A line that fails is an entry with its status, not an error; an error
// is that the terminal did not go where How says.
func (t *Terminal) Type(ctx context.Context, line string, how How) (result.Entry, error) {
	if how.Within == 0 {
		how.Within = usual
	}
	e, err := t.begin(ctx, line, how.Within)
	if err != nil {
		return result.Entry{Typed: line, Status: result.UnknownStatus}, err
	}
	return t.await(ctx, e, how)
}

// place is a prompt that the cursor stands at.
type place struct {
	level    int // 0 is the student's own shell, 1 the first within it; above the stack: a new one
	row, col int // where the prompt begins
	status   int
}

// await waits for the prompt behind a line, and answers questions on the way.
func (t *Terminal) await(ctx context.Context, e *typing, how How) (result.Entry, error) {
	look, err := t.lookout(how)
	if err != nil {
		return result.Entry{Typed: e.line, Status: result.UnknownStatus}, &Trouble{e.line, err, t.Screen()}
	}
	deadline := time.Now().Add(how.Within)
	for {
		var at *place
		var asked bool
		err := t.until(ctx, time.Until(deadline), func() (bool, time.Duration) {
			at, asked = look.prompt(t, e), look.question(t, e)
			switch {
			case at != nil && at.level == 0:
				return true, 0
			default: // any program could print what these look like
				return at != nil || asked, hush
			}
		})
		switch {
		case err != nil:
			return t.entry(e, nil), t.trouble(e, err, ErrHung, "waited for the prompt %s", look.names(t))
		case at != nil:
			return t.arrive(e, *at, how)
		}
		t.mutex.Lock()
		e.asked = t.screen.row
		t.mutex.Unlock()
		answer := how.Answers[e.answered].Type
		e.answered++
		if err := t.send(keys(answer)); err != nil {
			return t.entry(e, nil), &Trouble{e.line, err, t.Screen()}
		}
	}
}

// arrive makes the stack what the prompt at hand says.
func (t *Terminal) arrive(e *typing, at place, how How) (result.Entry, error) {
	entry := t.entry(e, &at)
	t.mutex.Lock()
	line := []rune(t.screen.upToCursor())
	t.prompt = string(line[min(at.col, len(line)):])
	t.mutex.Unlock()
	opened := at.level > len(t.stack)
	if opened {
		t.stack = append(t.stack, *how.Opens)
	} else {
		t.stack = t.stack[:at.level]
	}
	switch {
	case how.Opens != nil && !opened:
		err := fmt.Errorf("%w: expected the prompt %s (%s), and %s came back", ErrNotOpened, how.Opens.Name, how.Opens.Pattern, t.whose())
		return entry, &Trouble{e.line, err, t.Screen()}
	case e.answered < len(how.Answers):
		err := fmt.Errorf("%w: %s", ErrUnasked, how.Answers[e.answered].To)
		return entry, &Trouble{e.line, err, t.Screen()}
	}
	return entry, nil
}

func (t *Terminal) whose() string {
	if inside := t.Inside(); inside != "" {
		return "the prompt " + inside
	}
	return "the student's own prompt"
}

// entry is the transcript of a line so far, or as far as a prompt.
func (t *Terminal) entry(e *typing, end *place) result.Entry {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	entry := result.Entry{Prompt: e.prompt, Typed: e.line, Inside: e.inside, Status: result.UnknownStatus, Seconds: time.Since(e.began).Seconds()}
	if end == nil {
		end = &place{row: len(t.screen.rows) - 1, col: columns, status: result.UnknownStatus}
	}
	entry.Printed, entry.Status = t.screen.text(e.output, 0, end.row, end.col), end.status
	return entry
}

// lookout knows what may come behind a line.
type lookout struct {
	stack     []*regexp.Regexp
	opens     *regexp.Regexp
	questions []*regexp.Regexp
}

func (t *Terminal) lookout(how How) (l lookout, err error) {
	compile := func(what, pattern string) *regexp.Regexp {
		compiled, wrong := regexp.Compile("(?:" + pattern + ")$")
		if wrong != nil && err == nil {
			err = fmt.Errorf("%s: %w", what, wrong)
		}
		return compiled
	}
	for _, prompt := range t.stack {
		l.stack = append(l.stack, compile("the prompt "+prompt.Name, prompt.Pattern))
	}
	if how.Opens != nil {
		l.opens = compile("the prompt "+how.Opens.Name, how.Opens.Pattern)
	}
	for _, answer := range how.Answers {
		l.questions = append(l.questions, compile("the question for "+answer.Type, answer.To))
	}
	return l, err
}

// prompt finds the prompt that the cursor stands at; nil where it stands at none.
func (l lookout) prompt(t *Terminal, e *typing) *place {
	marks := t.screen.marks
	for i := len(marks) - 1; i >= e.marks; i-- {
		if marks[i].kind == 'b' && i > 0 {
			return &place{row: marks[i-1].row, col: marks[i-1].col, status: marks[i].status}
		}
	}
	if t.screen.row < e.output {
		return nil
	}
	line := t.screen.upToCursor()
	at := func(pattern *regexp.Regexp, level int) *place {
		found := pattern.FindStringIndex(line)
		if found == nil || found[0] == found[1] {
			return nil
		}
		width := len([]rune(line[found[0]:]))
		return &place{level: level, row: t.screen.row, col: max(t.screen.col-width, 0), status: result.UnknownStatus}
	}
	if l.opens != nil {
		if p := at(l.opens, len(l.stack)+1); p != nil {
			return p
		}
	}
	for i, pattern := range slices.Backward(l.stack) {
		if p := at(pattern, i+1); p != nil {
			return p
		}
	}
	return nil
}

func (l lookout) question(t *Terminal, e *typing) bool {
	return e.answered < len(l.questions) && t.screen.row > e.asked && l.questions[e.answered].MatchString(t.screen.upToCursor())
}

// names are the prompts that would have done.
func (l lookout) names(t *Terminal) string {
	names := []string{"of the student's own shell"}
	for i, prompt := range t.stack {
		names = append(names, fmt.Sprintf("%s (%s)", prompt.Name, l.stack[i]))
	}
	if l.opens != nil {
		names = append(names, l.opens.String())
	}
	return strings.Join(names, ", or ")
}
