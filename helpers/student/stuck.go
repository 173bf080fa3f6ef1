package student

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	questions = []struct {
		pattern *regexp.Regexp
		yes     string // empty: only the author knows the answer
	}{
		{regexp.MustCompile(`(?i)[\[(]y/n[\])]\??:? ?$`), "y"},
		{regexp.MustCompile(`(?i)[\[(]yes/no(/[^\])]*)?[\])]\??:? ?$`), "yes"},
		{regexp.MustCompile(`(?i)\b(password|passphrase|username|login)[^:]*: ?$`), ""},
		{regexp.MustCompile(`(?i)\bpress (enter|return|any key)\b.*$`), ""},
	}
	otherPrompts = regexp.MustCompile(`^(?:[\w.-]+@[\w.-]+[: ]\S*[$#]|[/~]\S* [$#]|[\w./~-]*[$#]|[\w.-]+[=-]?[>#]|>>>|\.\.\.) $`)
)

// stuck returns why the terminal seems to wait for input that nobody described, or nil.
// The caller holds the mutex.
func (t *Terminal) stuck(e *typedLine) error {
	if t.screen.row < e.output || t.screen.row <= e.asked {
		return nil
	}
	line := t.screen.upToCursor()
	if marks := t.screen.marks; len(marks) > e.marks && marks[len(marks)-1].kind == 'c' && marks[len(marks)-1].row == t.screen.row && line == "> " {
		return fmt.Errorf("%w at the prompt %q: close the quote, the loop or the here-document; Ctrl-C gives up", ErrIncomplete, line)
	}
	if yes, asks := question(line); asks && yes != "" {
		return fmt.Errorf("%w, %q: answer %q", ErrAsks, line, yes)
	} else if asks {
		return fmt.Errorf("%w, %q, that only its author can answer", ErrAsks, line)
	}
	if otherPrompts.MatchString(line) && strings.TrimSpace(line) != "" {
		return fmt.Errorf("%w, %q, which is not expected here", ErrOtherPrompt, line)
	}
	return nil
}

func question(line string) (yes string, asks bool) {
	for _, q := range questions {
		if q.pattern.MatchString(line) {
			return q.yes, true
		}
	}
	return "", false
}

// yes returns the answer to the question on the screen, empty if there is no obvious one.
func (t *Terminal) yes() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	yes, _ := question(t.screen.upToCursor())
	return yes
}

var containerID = regexp.MustCompile(`[0-9a-f]{12}`)

// openPrompt describes the unexpected prompt on the screen. Its container id and its
// directory may change.
func (t *Terminal) openPrompt() *Prompt {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	line := t.screen.upToCursor()
	pattern := containerID.ReplaceAllString(regexp.QuoteMeta(line), "[0-9a-f]{12}")
	if before, path, found := strings.Cut(pattern, ":"); found && strings.Contains(before, "@") {
		pattern = before + `:\S*` + path[len(path)-len(regexp.QuoteMeta(line[len(line)-2:])):]
	}
	return &Prompt{Name: strings.TrimSpace(line), Pattern: pattern}
}

// Dir returns the directory in the prompt of the student's own shell.
func (t *Terminal) Dir() string {
	_, dir, _ := strings.Cut(strings.TrimSuffix(t.prompt, "$ "), ":")
	return dir
}
