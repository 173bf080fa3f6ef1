package output

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// token is a part of a line. Literal text has no kind.
type token struct{ kind, text string }

// tokenType is a form of text that may differ between runs.
type tokenType struct {
	kind    string
	pattern string
	names   bool // the same text always stands for the same thing
}

const months = `(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)`

// types are ordered: at one place the first that matches counts. A time in another
// layout is of another type, since the lesson shows the layout.
var types = []tokenType{
	{"time (RFC 3339)", `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)`, true},
	{"time (logging)", `\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}`, true},
	{"time (with zone)", `\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [+-]\d{4}(?: [A-Z]{2,5})?`, true},
	{"time", `\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{6})?`, true},
	{"time (access log)", `\d\d/` + months + `/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}`, true},
	{"time (date)", `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ` + months + ` +\d{1,2} \d\d:\d\d:\d\d (?:[AP]M )?(?:[A-Z]{2,5} )?\d{4}`, true},
	{"time (ls)", `\b` + months + ` +\d{1,2} +(?:\d\d:\d\d|\d{4})\b`, false},
	{"date", `\b\d{4}-\d\d-\d\d\b`, true},
	{"mountpoint", `(?:/[\w.@-]+)*/volumes/[\w.-]+/_data`, false},
	{"host", `[a-z_][a-z0-9_-]*@[0-9A-Za-z][0-9A-Za-z.-]*:`, true},
	{"digest", `sha256:[0-9a-f]{7,64}`, true},
	{"MAC address", `\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b`, true},
	{"time of day", `\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b`, false},
	{"id", `\b(?:[0-9a-f]{64}|[0-9a-f]{12})\b`, true},
	{"build", `\bbuild [0-9a-f]{7,12}\b`, false},
	{"address", `\b\d{1,3}(?:\.\d{1,3}){3}\b`, false},
	{"reclaimable", `\b\d+(?:\.\d+)?(?:[kKMGT]i?)?B(?: \(\d+%\))?`, false},
	{"size", `\b\d+(?:\.\d+)? (?:[kKMGT]i?)?B\b`, false},
	{"duration", `\b\d+(?:\.\d+)?(?:ms|s)\b`, false},
	{"age", `\b(?:About an? (?:minute|hour)|Less than a second|\d+ (?:second|minute|hour|day|week|month|year)s?)(?: ago)?\b`, false},
	{"published port", `:\d{5}->`, false},
	{"total", `^total \d+(?:\.\d+)?[KMG]?$`, false},
	{"version", `\bv?\d+\.\d+\.\d+(?:[-+~.][\w.+~-]*\w)?\b`, false},
}

// lexer finds tokens.
type lexer struct {
	types   []tokenType
	pattern *regexp.Regexp
	groups  []int // the group of each type in pattern
}

var dockerLexer = sync.OnceValues(func() (*lexer, error) { return compileLexer(nil) })

// newLexer adds a lesson's own patterns to the types.
func newLexer(own map[string]string) (*lexer, error) {
	if len(own) == 0 {
		return dockerLexer()
	}
	return compileLexer(own)
}

func compileLexer(own map[string]string) (*lexer, error) {
	l := &lexer{}
	for _, name := range slices.Sorted(maps.Keys(own)) {
		if _, err := regexp.Compile(own[name]); err != nil {
			return nil, fmt.Errorf("pattern %s: %w", name, err)
		}
		l.types = append(l.types, tokenType{"pattern " + name, own[name], false})
	}
	l.types = append(l.types, types...)
	var parts []string
	for i, t := range l.types {
		parts = append(parts, fmt.Sprintf("(?P<t%d>%s)", i, t.pattern))
	}
	var err error
	l.pattern, err = regexp.Compile(strings.Join(parts, "|"))
	for i := range parts {
		if err == nil {
			l.groups = append(l.groups, 2*l.pattern.SubexpIndex(fmt.Sprintf("t%d", i)))
		}
	}
	return l, err
}

// tokens splits a line. It replaces the name of the Compose project.
func (l *lexer) tokens(line, project string) (out []token) {
	literal := func(text string) {
		if project != "" {
			text = projectName(project).ReplaceAllString(text, "${1}\x00project\x00${2}")
		}
		if text != "" {
			out = append(out, token{"", text})
		}
	}
	for from := 0; from < len(line); {
		at := l.pattern.FindStringSubmatchIndex(line[from:])
		if at == nil {
			literal(line[from:])
			break
		}
		literal(line[from : from+at[0]])
		for i, t := range l.types {
			if at[l.groups[i]] >= 0 {
				out = append(out, token{t.kind, line[from+at[0] : from+at[1]]})
			}
		}
		from += max(at[1], at[0]+1)
	}
	return out
}

// projectName matches the names that Compose derives from a project's.
func projectName(project string) *regexp.Regexp {
	return regexp.MustCompile(`(^|[\s"'/])` + regexp.QuoteMeta(project) + `([-_])`)
}

var privateAddress = regexp.MustCompile(`^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)`)

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
	case "address":
		if !privateAddress.MatchString(t.text) {
			return t.text
		}
	case "age":
		if strings.HasSuffix(t.text, " ago") {
			return "ago"
		}
	}
	return ""
}

// identity returns what stands for the same thing: the start of an id or a digest.
func identity(t token) string {
	switch t.kind {
	case "id":
		return t.text[:12]
	case "digest":
		return t.text[:len("sha256:")+7]
	}
	return t.text
}

// tokens returns the tokens of a line of the lesson (side 0) or a printed one (side 1).
func (c *comparer) tokens(line string, side int) []token {
	known, seen := c.tokenized[side][line]
	if !seen {
		known = c.lexer.tokens(c.normal(line), c.rules.Project[side])
		c.tokenized[side][line] = known
	}
	return known
}

// equal reports whether two lines are equal except for what their tokens allow.
func (c *comparer) equal(lesson, printed string) bool {
	if lesson == printed {
		return true
	}
	if cut := c.cut(lesson); cut != nil {
		return cut.MatchString(c.normal(printed))
	}
	a, b := c.tokens(lesson, 0), c.tokens(printed, 1)
	return slices.EqualFunc(a, b, func(x, y token) bool { return x.kind == y.kind && essence(x) == essence(y) })
}

// remember notes what the lesson's tokens stand for. It returns a note if one stood
// for something else before.
func (c *comparer) remember(lesson, printed string) (note string) {
	a, b := c.tokens(lesson, 0), c.tokens(printed, 1)
	if len(a) != len(b) {
		return "" // the lines are equal
	}
	for i := range a {
		at := slices.IndexFunc(c.lexer.types, func(t tokenType) bool { return t.kind == a[i].kind })
		if at < 0 || !c.lexer.types[at].names {
			continue
		}
		key, now := a[i].kind+" "+identity(a[i]), identity(b[i])
		if before, known := c.rules.Names[key]; known && before != now {
			return fmt.Sprintf("the lesson's %s stood for %s before", a[i].text, before)
		}
		c.rules.Names[key] = now
	}
	return ""
}
