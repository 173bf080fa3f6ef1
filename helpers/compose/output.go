package compose

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/holdfast/holdfast/helpers/sandbox"
)

// output collects the output of a command and calls seen once a stream contains
// the text until.
type output struct {
	mutex          sync.Mutex
	stdout, stderr bytes.Buffer
	until          string
	seen           func()
	found          bool
}

func (o *output) to(buffer *bytes.Buffer) io.Writer {
	return writer(func(data []byte) (int, error) {
		o.mutex.Lock()
		defer o.mutex.Unlock()
		buffer.Write(data)
		if o.until != "" && !o.found && strings.Contains(buffer.String(), o.until) {
			o.found = true
			o.seen()
		}
		return len(data), nil
	})
}

type writer func([]byte) (int, error)

// Write calls the function.
func (w writer) Write(data []byte) (int, error) { return w(data) }

// saw formats an answer for the evidence. Compose writes most of its output to
// stderr, and twice if that is not a terminal.
func saw(answer sandbox.Answer) string {
	text, seen := fmt.Sprintf("exit code %d", answer.ExitCode), map[string]bool{}
	for line := range strings.Lines(answer.Stderr) {
		if line = strings.TrimSpace(line); line != "" && !seen[line] {
			seen[line] = true
			text += "\n" + line
		}
	}
	if stdout := strings.TrimSpace(answer.Stdout); stdout != "" {
		text += "\n" + stdout
	}
	return text
}
