package output

import (
	"fmt"
	"regexp"
	"strings"
)

// token is a part of a line. Literal text has no kind.
type token struct{ kind, text string }

// types are the forms of text that may differ between runs. A time in another layout
// is of another type, since the lesson shows the layout.
var types = []struct {
	kind    string
	pattern string
	names   bool // the same text always stands for the same thing
}{
	{"time (RFC 3339)", `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)`, true},
	{"time (logging)", `\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}`, true},
	{"time", `\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{6})?`, true},
	{"mountpoint", `(?:/[\w.@-]+)*/volumes/[\w.-]+/_data`, false},
	{"host", `[a-z_][a-z0-9_-]*@[0-9A-Za-z][0-9A-Za-z.-]*:`, true},
	{"digest", `sha256:[0-9a-f]{64}`, true},
	{"id", `\b(?:[0-9a-f]{64}|[0-9a-f]{12})\b`, true},
	{"size", `\b\d+(?:\.\d+)? ?(?:[kKMGT]i?)?B\b`, false},
	{"duration", `\b\d+(?:\.\d+)?(?:ms|s)\b`, false},
}

var lexer = func() *regexp.Regexp {
	var parts []string
	for _, t := range types {
		parts = append(parts, "("+t.pattern+")")
	}
	return regexp.MustCompile(strings.Join(parts, "|"))
}()

func (c *comparer) tokens(line, project string) (out []token) {
	literal := func(text string) {
		if project != "" {
			text = projectName(project).ReplaceAllString(text, "${1}\x00project\x00${2}")
		}
		if text != "" {
			out = append(out, token{"", text})
		}
	}
	for line != "" {
		at := lexer.FindStringSubmatchIndex(line)
		if at == nil {
			break
		}
		literal(line[:at[0]])
		for i, t := range types {
			if at[2+2*i] >= 0 {
				out = append(out, token{t.kind, line[at[0]:at[1]]})
			}
		}
		line = line[at[1]:]
	}
	literal(line)
	return out
}

// projectName matches the names that Compose derives from a project's.
func projectName(project string) *regexp.Regexp {
	return regexp.MustCompile(`(^|[\s"'/])` + regexp.QuoteMeta(project) + `([-_])`)
}

// equal reports whether two lines are equal except for what their tokens allow.
func (c *comparer) equal(lesson, printed string) bool {
	if lesson == printed {
		return true
	}
	a, b := c.tokens(lesson, c.rules.Project[0]), c.tokens(printed, c.rules.Project[1])
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].kind != b[i].kind || essence(a[i]) != essence(b[i]) {
			return false
		}
	}
	return true
}

// essence returns the part of a token that must be equal.
func essence(t token) string {
	switch t.kind {
	case "":
		return t.text
	case "host": // the user of a prompt
		user, _, _ := strings.Cut(t.text, "@")
		return user
	case "mountpoint": // the volume
		return t.text[strings.LastIndex(t.text, "/volumes/"):]
	}
	return ""
}

// remember notes what the lesson's tokens stand for. It returns a note if one stood
// for something else before.
func (c *comparer) remember(lesson, printed string) (note string) {
	a, b := c.tokens(lesson, c.rules.Project[0]), c.tokens(printed, c.rules.Project[1])
	if len(a) != len(b) {
		return "" // the lines are equal
	}
	for i := range a {
		if !names(a[i].kind) {
			continue
		}
		key := a[i].kind + " " + a[i].text
		if before, known := c.rules.Names[key]; known && before != b[i].text {
			return fmt.Sprintf("the lesson's %s stood for %s before", a[i].text, before)
		}
		c.rules.Names[key] = b[i].text
	}
	return ""
}

func names(kind string) bool {
	for _, t := range types {
		if t.kind == kind {
			return t.names
		}
	}
	return false
}
