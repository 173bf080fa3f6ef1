// Package student is a student at a terminal: a real pseudo-terminal with bash,
// the docker CLI, Compose and curl, in which a lesson's commands are typed one
// line at a time, also at the prompts of shells within the shell.
//
// What is typed cannot harm this machine: the student sees all of it, and can
// write to nothing but a home folder that is made for the purpose (see Desk).
package student

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Prompt is how a program asks for the next line: a container's shell, Python.
type Prompt struct {
	Name    string
	Pattern string // a regular expression that the line up to the cursor ends with
}

// Answer is what is typed where a command asks a question.
type Answer struct {
	To   string // a regular expression that the line up to the cursor ends with
	Type string
}

// How says what is to be expected of a line.
type How struct {
	// Opens is the prompt that the line leads to, where it starts a shell
	// within the shell; nil where the same prompt comes back.
	Opens *Prompt
	// Answers are given in turn. Each question must be asked.
	Answers []Answer
	// Within bounds the wait for the prompt; 0 is a minute.
	Within time.Duration
}

const (
	usual = time.Minute
	// hush is how long a prompt that any program could print must stand still.
	hush = 60 * time.Millisecond
)

// The ways in which a terminal does not do what is expected of it.
var (
	ErrHung      = errors.New("no prompt came back")
	ErrNotReady  = errors.New("the service did not get ready")
	ErrEnded     = errors.New("the service ended before it was ready")
	ErrNotOpened = errors.New("the shell within the shell was not opened")
	ErrUnasked   = errors.New("the question was not asked")
	ErrGone      = errors.New("the terminal is gone")
)

// Trouble is an error with the screen as it was then.
type Trouble struct {
	Line   string // what was typed
	Err    error  // one of the above, with what was waited for
	Screen string
}

// Error shows the screen.
func (t *Trouble) Error() string {
	return fmt.Sprintf("typed %q: %v; the screen then:\n%s", t.Line, t.Err, indent(t.Screen))
}

// Unwrap gives the cause.
func (t *Trouble) Unwrap() error { return t.Err }

func indent(text string) string {
	return "  | " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n  | ")
}
