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
	opening        = 20 * time.Second
	closing        = 10 * time.Second
)

// Terminal is one pseudo-terminal with the student's shell in it.
type Terminal struct {
	desk    *Desk
	cmd     *exec.Cmd
	file    *os.File // the pseudo-terminal's other end
	release func()
	gone    chan struct{} // closed when the shell has ended

	mutex   sync.Mutex
	screen  *screen
	changed chan struct{} // closed and replaced whenever the screen changes
	last    time.Time     // of the last change

	stack   []Prompt // the prompts of shells within the shell, the innermost last
	prompt  string   // the one that the cursor stands behind
	service *typing  // the line that runs in the foreground
	close   sync.Once
	closed  error
}

// Open opens a terminal and waits for its first prompt.
func (d *Desk) Open(ctx context.Context) (*Terminal, error) {
	d.mutex.Lock()
	d.opened++
	number := d.opened
	d.mutex.Unlock()
	nonce := strings.ToLower(rand.Text())
	cmd, err := d.viewed(filepath.Join(d.place.Dir, fmt.Sprintf("view-%d", number)),
		[]string{"bash", "--noprofile", "--rcfile", filepath.Join(d.bin, "bashrc"), "-i"})
	if err != nil {
		return nil, err
	}
	cmd.Env = d.environment(nonce)
	t := &Terminal{desk: d, cmd: cmd, gone: make(chan struct{}), changed: make(chan struct{}),
		screen: newScreen(columns, lines, nonce), last: time.Now()}
	t.release, err = onKeptThread(func() (err error) {
		t.file, err = pty.StartWithSize(cmd, &pty.Winsize{Rows: lines, Cols: columns})
		return err
	})
	if err != nil {
		t.release()
		return nil, fmt.Errorf("opening a terminal: %w; %s", err, viewHelp)
	}
	go t.read()
	d.mutex.Lock()
	d.terminals = append(d.terminals, t)
	d.mutex.Unlock()
	if _, err := t.await(ctx, &typing{line: "(the start of bash)"}, How{Within: opening}); err != nil {
		return nil, errors.Join(fmt.Errorf("%w\n%s", err, viewHelp), t.Close())
	}
	return t, nil
}

// read keeps the screen. It ends when nobody has the terminal open any more.
func (t *Terminal) read() {
	buffer := make([]byte, 32<<10)
	for {
		n, err := t.file.Read(buffer)
		t.mutex.Lock()
		t.screen.write(buffer[:n])
		t.last = time.Now()
		close(t.changed)
		t.changed = make(chan struct{})
		t.mutex.Unlock()
		if err != nil {
			break
		}
	}
	// A shell that closed its terminal and lives on is none.
	t.kill()
	_ = t.cmd.Wait()
	close(t.gone)
}

// Close ends the terminal and all that runs in it.
func (t *Terminal) Close() error {
	t.close.Do(func() {
		t.kill()
		select {
		case <-t.gone:
		case <-time.After(closing / 2):
		}
		_ = t.file.Close() // hangs up on what holds it open still
		select {
		case <-t.gone:
		case <-time.After(closing / 2):
			t.closed = fmt.Errorf("the student's shell (process %d) did not end within %s of SIGKILL", t.cmd.Process.Pid, closing)
		}
		t.release()
	})
	return t.closed
}

// Inside is the name of the innermost prompt, empty at the student's own shell.
func (t *Terminal) Inside() string {
	if len(t.stack) == 0 {
		return ""
	}
	return t.stack[len(t.stack)-1].Name
}

// Busy tells whether a service runs in the foreground.
func (t *Terminal) Busy() bool { return t.service != nil }

// Screen is the end of what is shown.
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

// keys are what is pressed for a line: a tab is quoted, or it would complete.
func keys(line string) string { return strings.ReplaceAll(line, "\t", "\x16\t") + "\r" }

// typing is a line on its way, and where on the screen it stands.
type typing struct {
	line     string
	prompt   string
	inside   string
	began    time.Time
	marks    int // how many the shell had made before
	answered int
	asked    int // the row of the last question answered
	output   int // the first row of what it prints
}

// begin types a line. Each line of a command that goes on with \ waits for its
// own prompt.
func (t *Terminal) begin(ctx context.Context, line string, within time.Duration) (*typing, error) {
	if t.service != nil {
		return nil, &Trouble{line, fmt.Errorf("%q runs in the foreground of this terminal still", t.service.line), t.Screen()}
	}
	t.mutex.Lock()
	e := &typing{line: line, prompt: t.prompt, inside: t.Inside(), began: time.Now(), marks: len(t.screen.marks)}
	e.asked, e.output = t.screen.row, t.screen.row+1 // until the echo says otherwise
	t.mutex.Unlock()
	parts := strings.Split(strings.TrimRight(line, "\n"), "\n")
	for i, part := range parts {
		t.mutex.Lock()
		before, marks := t.screen.row, len(t.screen.marks)
		t.mutex.Unlock()
		if err := t.send(keys(part)); err != nil {
			return nil, &Trouble{line, err, t.Screen()}
		}
		last := i == len(parts)-1
		err := t.until(ctx, within, func() (bool, time.Duration) {
			return t.screen.row > before && (last || t.asksForMore(before, marks)), 0
		})
		if err != nil {
			return nil, t.trouble(e, err, ErrHung, "the terminal did not take the line %q", part)
		}
		t.mutex.Lock()
		e.output = t.screen.lineAfter(before)
		e.asked = e.output - 1
		t.mutex.Unlock()
	}
	return e, nil
}

func (t *Terminal) asksForMore(before, marks int) bool {
	if len(t.stack) == 0 {
		return len(t.screen.marks) > marks && t.screen.marks[len(t.screen.marks)-1].kind == 'c'
	}
	line := t.screen.upToCursor()
	return t.screen.row > before && (line == "> " || line == "... ")
}

// until waits for so, which is asked with the screen held still, and until the
// screen has not changed for as long as so wants it quiet.
func (t *Terminal) until(ctx context.Context, within time.Duration, so func() (is bool, quiet time.Duration)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, within, errBound)
	defer cancel()
	for {
		t.mutex.Lock()
		is, quiet := so()
		changed, still := t.changed, time.Since(t.last)
		t.mutex.Unlock()
		if is && still >= quiet {
			return nil
		}
		var calm <-chan time.Time
		if is {
			calm = time.After(quiet - still)
		}
		select {
		case <-changed:
		case <-calm:
		case <-t.gone:
			return ErrGone
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

var errBound = errors.New("the bound is reached")

// trouble says what was waited for in vain.
func (t *Terminal) trouble(e *typing, err, kind error, format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	seconds := time.Since(e.began).Seconds()
	switch {
	case errors.Is(err, errBound):
		err = fmt.Errorf("%w: %s within %.0f s", kind, what, seconds)
	case errors.Is(err, ErrGone):
		err = fmt.Errorf("%w: %s, but the shell ended after %.1f s", ErrGone, what, seconds)
	default:
		err = fmt.Errorf("%w: %s: cut off after %.1f s: %w", kind, what, seconds, err)
	}
	return &Trouble{e.line, err, t.Screen()}
}
