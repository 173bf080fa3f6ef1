package student

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/creack/pty"
)

const (
	columns, lines = 160, 48
	openTimeout    = 20 * time.Second
	closeTimeout   = 10 * time.Second
)

// Terminal is a pseudo-terminal that runs the student's shell.
type Terminal struct {
	session *Session
	cmd     *exec.Cmd
	file    *os.File // the controlling end of the pseudo-terminal
	release func()
	gone    chan struct{} // closed when the shell has ended

	mutex   sync.Mutex
	screen  *screen
	changed chan struct{} // closed and replaced when the screen changes
	last    time.Time     // of the last change

	stack   []Prompt   // the prompts of the nested shells, innermost last
	prompt  string     // the one before the cursor
	service *typedLine // the line that runs in the foreground
	close   sync.Once
	closed  error
}

// Open opens a terminal and waits for its first prompt.
func (s *Session) Open(ctx context.Context) (*Terminal, error) {
	s.mutex.Lock()
	s.opened++
	number := s.opened
	s.mutex.Unlock()
	nonce := strings.ToLower(rand.Text())
	cmd, err := s.isolate(filepath.Join(s.config.Dir, fmt.Sprintf("root-%d", number)),
		[]string{"bash", "--noprofile", "--rcfile", filepath.Join(s.bin, "bashrc"), "-i"})
	if err != nil {
		return nil, err
	}
	cmd.Env = s.environment(nonce)
	t := &Terminal{session: s, cmd: cmd, gone: make(chan struct{}), changed: make(chan struct{}),
		screen: newScreen(columns, lines, nonce), last: time.Now()}
	t.release, err = onLockedThread(func() (err error) {
		t.file, err = pty.StartWithSize(cmd, &pty.Winsize{Rows: lines, Cols: columns})
		return err
	})
	if err != nil {
		t.release()
		return nil, fmt.Errorf("opening a terminal: %w; %s", err, isolationHelp)
	}
	go t.read()
	s.mutex.Lock()
	s.terminals = append(s.terminals, t)
	s.mutex.Unlock()
	if _, err := t.await(ctx, &typedLine{text: "(the start of bash)", began: time.Now()}, Expectation{Within: openTimeout}); err != nil {
		return nil, errors.Join(fmt.Errorf("%w\n%s", err, isolationHelp), t.Close())
	}
	return t, nil
}

// read updates the screen until no process has the terminal open.
func (t *Terminal) read() {
	buffer := make([]byte, 32<<10)
	for {
		n, err := t.file.Read(buffer)
		t.mutex.Lock()
		t.screen.write(buffer[:n])
		t.last = time.Now()
		t.wake()
		t.mutex.Unlock()
		if err != nil {
			break
		}
	}
	// A shell that closed its terminal but lives on is of no use.
	t.kill()
	_ = t.cmd.Wait()
	close(t.gone)
}

// wake makes until check its condition. The caller holds the mutex.
func (t *Terminal) wake() {
	close(t.changed)
	t.changed = make(chan struct{})
}

// Close ends the terminal and everything that runs in it.
func (t *Terminal) Close() error {
	t.close.Do(func() {
		t.kill()
		select {
		case <-t.gone:
		case <-time.After(closeTimeout / 2):
		}
		_ = t.file.Close() // hangs up on processes that have it open
		select {
		case <-t.gone:
		case <-time.After(closeTimeout / 2):
			t.closed = fmt.Errorf("the student's shell (process %d) did not end within %s of SIGKILL", t.cmd.Process.Pid, closeTimeout)
		}
		t.release()
	})
	return t.closed
}

// Inside returns the name of the innermost prompt, empty in the student's own shell.
func (t *Terminal) Inside() string {
	if len(t.stack) == 0 {
		return ""
	}
	return t.stack[len(t.stack)-1].Name
}

// Busy reports whether a service runs in the foreground.
func (t *Terminal) Busy() bool { return t.service != nil }

// Screen returns the last lines of the screen.
func (t *Terminal) Screen() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.screen.tail(lines)
}

// send presses keys.
func (t *Terminal) send(keys string) error {
	if _, err := t.file.WriteString(keys); err != nil {
		return fmt.Errorf("%w: %w", ErrGone, err)
	}
	return nil
}

// keys returns the key presses for a line. Tabs are quoted, or they would complete.
func keys(line string) string { return strings.ReplaceAll(line, "\t", "\x16\t") + "\r" }

// typedLine is a line in progress and its place on the screen.
type typedLine struct {
	text     string
	prompt   string
	inside   string
	began    time.Time
	marks    int // the number of marks before it
	answered int
	asked    int // the row of the last answered question
	output   int // the first row of the output
}

// begin types a line. It waits for the continuation prompt before each further line
// of a command.
func (t *Terminal) begin(ctx context.Context, line string, within time.Duration) (*typedLine, error) {
	if t.service != nil {
		return nil, &Error{line, fmt.Errorf("%q still runs in the foreground of this terminal", t.service.text), t.Screen()}
	}
	t.mutex.Lock()
	e := &typedLine{text: line, prompt: t.prompt, inside: t.Inside(), began: time.Now(), marks: len(t.screen.marks)}
	e.asked, e.output = t.screen.row, t.screen.row+1 // until the echo is there
	t.mutex.Unlock()
	parts := strings.Split(strings.TrimRight(line, "\n"), "\n")
	for i, part := range parts {
		t.mutex.Lock()
		before, marks := t.screen.row, len(t.screen.marks)
		t.mutex.Unlock()
		if err := t.send(keys(part)); err != nil {
			return nil, &Error{line, err, t.Screen()}
		}
		last := i == len(parts)-1
		err := t.until(ctx, within, func() (bool, time.Duration) {
			return t.screen.row > before && (last || t.continues(before, marks)), 0
		})
		if err != nil {
			return nil, t.failure(e, err, ErrHung, "the terminal did not accept the line %q", part)
		}
		t.mutex.Lock()
		e.output = t.screen.lineAfter(before)
		e.asked = e.output - 1
		t.mutex.Unlock()
	}
	return e, nil
}

// continues reports whether the shell prompts for the rest of a command.
func (t *Terminal) continues(before, marks int) bool {
	if len(t.stack) == 0 {
		return len(t.screen.marks) > marks && t.screen.marks[len(t.screen.marks)-1].kind == 'c'
	}
	line := t.screen.upToCursor()
	return t.screen.row > before && (line == "> " || line == "... ")
}

// until waits until the condition holds and the screen has not changed for the time
// that the condition returns. The condition is called with the mutex held.
func (t *Terminal) until(ctx context.Context, within time.Duration, condition func() (holds bool, quiet time.Duration)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, within, errTimeout)
	defer cancel()
	for {
		t.mutex.Lock()
		holds, quiet := condition()
		changed, still := t.changed, time.Since(t.last)
		t.mutex.Unlock()
		if holds && still >= quiet {
			return nil
		}
		var settled <-chan time.Time
		if holds {
			settled = time.After(quiet - still)
		}
		select {
		case <-changed:
		case <-settled:
		case <-t.gone:
			return ErrGone
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

var errTimeout = errors.New("timed out")

// failure returns the error for an expectation that was not met.
func (t *Terminal) failure(e *typedLine, err, kind error, format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	seconds := time.Since(e.began).Seconds()
	switch {
	case errors.Is(err, errTimeout):
		err = fmt.Errorf("%w: %s within %.0f s", kind, what, seconds)
	case errors.Is(err, ErrGone):
		err = fmt.Errorf("%w: %s, but the shell ended after %.1f s", ErrGone, what, seconds)
	default:
		err = fmt.Errorf("%w: %s: cut off after %.1f s: %w", kind, what, seconds, err)
	}
	return &Error{e.text, err, t.Screen()}
}
