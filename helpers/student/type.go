package student

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/holdfast/holdfast/helpers/result"
)

// Type types a line, waits for the next prompt, and returns what was printed. A line
// that fails returns an entry with its status and no error. An error means that the
// terminal did not do what was expected.
func (t *Terminal) Type(ctx context.Context, line string, expect Expectation) (result.Entry, error) {
	if expect.Within == 0 {
		expect.Within = defaultTimeout
	}
	e, err := t.begin(ctx, line, expect.Within)
	if err != nil {
		return result.Entry{Typed: line, Status: result.UnknownStatus}, err
	}
	return t.await(ctx, e, expect)
}

// promptAt is a prompt before the cursor.
type promptAt struct {
	level    int // 0 for the student's own shell, 1 for the first nested one; above the stack: a new one
	row, col int // where the prompt begins
	status   int
}

// await waits for the prompt after a line, and answers questions until then.
func (t *Terminal) await(ctx context.Context, e *typedLine, expect Expectation) (result.Entry, error) {
	watch, err := t.watcher(expect)
	if err != nil {
		return result.Entry{Typed: e.text, Status: result.UnknownStatus}, &Error{e.text, err, t.Screen()}
	}
	deadline := time.Now().Add(expect.Within)
	for {
		var at *promptAt
		var asked bool
		var stuck error
		err := t.until(ctx, time.Until(deadline), func() (bool, time.Duration) {
			at, asked = watch.prompt(t, e), watch.question(t, e)
			switch stuck = t.stuck(e); {
			case at != nil && at.level == 0:
				return true, 0
			case at != nil || asked:
				return true, settleTime // any program could print this
			}
			if stuck == nil && expect.Foreground > 0 {
				return true, expect.Foreground
			}
			return stuck != nil, askTime
		})
		switch {
		case err != nil:
			return t.entry(e, nil), t.failure(e, err, ErrHung, "waited for %s", t.accepted(expect))
		case at != nil:
			return t.arrive(e, *at, expect)
		case asked:
			err = t.answer(e, expect.Answers[e.answered].Type)
			e.answered++
		case stuck == nil:
			t.service = e
			return t.entry(e, nil), nil
		case expect.Auto && errors.Is(stuck, ErrAsks) && t.yes() != "":
			err = t.answer(e, t.yes())
		case expect.Auto && errors.Is(stuck, ErrOtherPrompt):
			expect.Opens = t.openPrompt()
			watch, _ = t.watcher(expect)
		default:
			err = stuck
		}
		if err != nil {
			return t.entry(e, nil), &Error{e.text, err, t.Screen()}
		}
	}
}

func (t *Terminal) answer(e *typedLine, answer string) error {
	t.mutex.Lock()
	e.asked = t.screen.row
	t.mutex.Unlock()
	return t.send(keys(answer))
}

// arrive updates the stack for the prompt that came.
func (t *Terminal) arrive(e *typedLine, at promptAt, expect Expectation) (result.Entry, error) {
	entry := t.entry(e, &at)
	t.mutex.Lock()
	line := []rune(t.screen.upToCursor())
	t.prompt = string(line[min(at.col, len(line)):])
	t.mutex.Unlock()
	opened := at.level > len(t.stack)
	if opened {
		t.stack = append(t.stack, *expect.Opens)
	} else {
		t.stack = t.stack[:at.level]
	}
	switch {
	case expect.Opens != nil && !opened:
		came := "the student's own prompt"
		if inside := t.Inside(); inside != "" {
			came = "the prompt " + inside
		}
		err := fmt.Errorf("%w: expected the prompt %s (%s), got %s", ErrNotOpened, expect.Opens.Name, expect.Opens.Pattern, came)
		return entry, &Error{e.text, err, t.Screen()}
	case e.answered < len(expect.Answers):
		err := fmt.Errorf("%w: %s", ErrUnasked, expect.Answers[e.answered].To)
		return entry, &Error{e.text, err, t.Screen()}
	}
	return entry, nil
}

// entry returns the transcript of a line up to a prompt, or so far if end is nil.
func (t *Terminal) entry(e *typedLine, end *promptAt) result.Entry {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	entry := result.Entry{Prompt: e.prompt, Typed: e.text, Inside: e.inside, Status: result.UnknownStatus, Seconds: time.Since(e.began).Seconds()}
	if end == nil {
		end = &promptAt{row: len(t.screen.rows) - 1, col: columns, status: result.UnknownStatus}
	}
	entry.Printed, entry.Status = t.screen.text(e.output, 0, end.row, end.col), end.status
	return entry
}

// watcher recognizes the prompts and questions that may follow a line.
type watcher struct {
	stack     []*regexp.Regexp
	opens     *regexp.Regexp
	questions []*regexp.Regexp
}

func (t *Terminal) watcher(expect Expectation) (w watcher, err error) {
	compile := func(what, pattern string) *regexp.Regexp {
		compiled, invalid := regexp.Compile("(?:" + pattern + ")$")
		if invalid != nil && err == nil {
			err = fmt.Errorf("%s: %w", what, invalid)
		}
		return compiled
	}
	for _, prompt := range t.stack {
		w.stack = append(w.stack, compile("the prompt "+prompt.Name, prompt.Pattern))
	}
	if expect.Opens != nil {
		w.opens = compile("the prompt "+expect.Opens.Name, expect.Opens.Pattern)
	}
	for _, answer := range expect.Answers {
		w.questions = append(w.questions, compile("the question for "+answer.Type, answer.To))
	}
	return w, err
}

// prompt returns the prompt before the cursor, or nil.
func (w watcher) prompt(t *Terminal, e *typedLine) *promptAt {
	marks := t.screen.marks
	for i := len(marks) - 1; i >= e.marks; i-- {
		if marks[i].kind == 'b' && i > 0 {
			return &promptAt{row: marks[i-1].row, col: marks[i-1].col, status: marks[i].status}
		}
	}
	if t.screen.row < e.output {
		return nil
	}
	line := t.screen.upToCursor()
	at := func(pattern *regexp.Regexp, level int) *promptAt {
		found := pattern.FindStringIndex(line)
		if found == nil || found[0] == found[1] {
			return nil
		}
		width := len([]rune(line[found[0]:]))
		return &promptAt{level: level, row: t.screen.row, col: max(t.screen.col-width, 0), status: result.UnknownStatus}
	}
	if w.opens != nil {
		if p := at(w.opens, len(w.stack)+1); p != nil {
			return p
		}
	}
	for i, pattern := range slices.Backward(w.stack) {
		if p := at(pattern, i+1); p != nil {
			return p
		}
	}
	return nil
}

func (w watcher) question(t *Terminal, e *typedLine) bool {
	return e.answered < len(w.questions) && t.screen.row > e.asked && w.questions[e.answered].MatchString(t.screen.upToCursor())
}

// accepted lists the prompts that would have been accepted.
func (t *Terminal) accepted(expect Expectation) string {
	names := "the prompt of the student's own shell"
	for _, prompt := range t.stack {
		names += fmt.Sprintf(", or %s (%s)", prompt.Name, prompt.Pattern)
	}
	if expect.Opens != nil {
		names += fmt.Sprintf(", or %s (%s)", expect.Opens.Name, expect.Opens.Pattern)
	}
	return names
}
