package student

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	questions = []struct {
		pattern *regexp.Regexp
		answer  string
	}{
		{regexp.MustCompile(`(?i)[\[(]y/n[\])]\??:? ?$`), `answer "y"`},
		{regexp.MustCompile(`(?i)[\[(]yes/no(/[^\])]*)?[\])]\??:? ?$`), `answer "yes"`},
		{regexp.MustCompile(`(?i)\b(password|passphrase|username|login)[^:]*: ?$`), "answer it"},
		{regexp.MustCompile(`(?i)\bpress (enter|return|any key)\b.*$`), "answer with an empty line"},
	}
	otherPrompts = regexp.MustCompile(`^(?:[\w.-]+@[\w.-]+[: ]\S*[$#]|[/~]\S* [$#]|[\w./~-]*[$#]|[\w.-]+[=-]?[>#]|>>>|\.\.\.) $`)
)

// stuck returns why the terminal seems to wait for input that nobody described, or nil.
// The caller holds the mutex.
func (t *Terminal) stuck(e *typedLine) error {
	if t.screen.row < e.output {
		return nil
	}
	line := t.screen.upToCursor()
	if marks := t.screen.marks; len(marks) > e.marks && marks[len(marks)-1].kind == 'c' && marks[len(marks)-1].row == t.screen.row && line == "> " {
		return fmt.Errorf("%w at the prompt %q: close the quote, the loop or the here-document; Ctrl-C gives up", ErrIncomplete, line)
	}
	for _, q := range questions {
		if q.pattern.MatchString(line) {
			return fmt.Errorf("%w, %q: %s", ErrAsks, line, q.answer)
		}
	}
	if otherPrompts.MatchString(line) && strings.TrimSpace(line) != "" {
		return fmt.Errorf("%w, %q, which is not expected here", ErrOtherPrompt, line)
	}
	return nil
}
