package sandbox

import (
	"fmt"

	"github.com/holdfast/holdfast/helpers/engine"
)

// Answer is what a probe command printed, and how it ended.
type Answer struct {
	engine.Result
	Command string
}

// Answered lets matchers read an Answer and a finished Container alike.
func (a Answer) Answered() Answer { return a }

// String is the answer in one line.
func (a Answer) String() string {
	text := fmt.Sprintf("exit code %d", a.ExitCode)
	if a.Stdout != "" {
		text += fmt.Sprintf(", printed %q", a.Stdout)
	}
	if a.Stderr != "" {
		text += fmt.Sprintf(", complained %q", a.Stderr)
	}
	return text
}
