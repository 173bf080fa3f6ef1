package sandbox

import (
	"fmt"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"

	. "github.com/onsi/ginkgo/v2"
)

// Answer is what a command printed, and how it ended.
type Answer struct {
	engine.Result
	Command string
}

// String describes the answer in one line.
func (a Answer) String() string {
	text := fmt.Sprintf("exit code %d", a.ExitCode)
	if a.Stdout != "" {
		text += fmt.Sprintf(", stdout %q", a.Stdout)
	}
	if a.Stderr != "" {
		text += fmt.Sprintf(", stderr %q", a.Stderr)
	}
	return text
}

// requireSuccess fails the spec if an operation failed that must succeed:
// otherwise a failed preparation would make the claim look broken.
func (a Answer) requireSuccess(command probe.Command) {
	GinkgoHelper()
	if command.Must && a.ExitCode != 0 {
		Fail(fmt.Sprintf("%s failed: %s", command, a))
	}
}
