// Package student simulates a student at a terminal: a pseudo-terminal with bash, the
// docker CLI, Compose and curl. It types a lesson's commands line by line, also at
// the prompts of nested shells.
//
// Nothing typed can harm this machine: the student can read it, but can write only to
// a home directory that is created for the session. See Session.
package student

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Prompt is the prompt of a nested program, such as a container's shell or Python.
type Prompt struct {
	Name    string
	Pattern string // a regular expression that the line up to the cursor ends with
}

// Answer is the reply to a command's question.
type Answer struct {
	To   string `yaml:"to"` // a regular expression that the line up to the cursor ends with
	Type string `yaml:"type"`
}

// Expectation describes what should follow a line.
type Expectation struct {
	// Opens is the prompt of the shell that the line starts, nil if the current
	// prompt should return.
	Opens *Prompt
	// Answers are given in order. Each question must be asked.
	Answers []Answer
	// Within bounds the wait for the prompt. 0 means a minute.
	Within time.Duration
	// Auto accepts the prompt of any nested shell, and answers yes to questions.
	Auto bool
	// Foreground, unless 0, takes a command that has been quiet for this time for a
	// service, which then runs until Stop.
	Foreground time.Duration
}

const (
	defaultTimeout = time.Minute
	// settleTime is how long a prompt that any program could print must stay.
	settleTime = 60 * time.Millisecond
	// askTime is how long a text that looks like a question or a prompt must stay.
	askTime = 2 * time.Second
)

// The errors of a terminal.
var (
	ErrHung      = errors.New("no prompt came back")
	ErrNotReady  = errors.New("the service did not become ready")
	ErrEnded     = errors.New("the service ended before it was ready")
	ErrNotOpened = errors.New("the nested shell did not open")
	ErrUnasked   = errors.New("the question was not asked")
	ErrGone      = errors.New("the terminal is gone")

	ErrAsks        = errors.New("the command asks a question")
	ErrIncomplete  = errors.New("the shell waits for the rest of the command")
	ErrOtherPrompt = errors.New("another program shows its prompt")
)

// Error is an error with the screen at that time.
type Error struct {
	Line   string // the typed line
	Err    error  // one of the above, with the expectation
	Screen string
}

// Error includes the screen.
func (e *Error) Error() string {
	screen := "  | " + strings.ReplaceAll(strings.TrimRight(e.Screen, "\n"), "\n", "\n  | ")
	return fmt.Sprintf("typed %q: %v; the screen then:\n%s", e.Line, e.Err, screen)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
