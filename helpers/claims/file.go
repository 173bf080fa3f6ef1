package claims

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/result"
	"go.yaml.in/yaml/v4"
)

// File is one claims.yaml.
type File struct {
	Lesson string `yaml:"lesson"`
	// Headings is the reason why headings and table headers that no claim quotes are
	// prose. Without it, each of them must be a claim or listed as prose.
	Headings string  `yaml:"headings"`
	Claims   []Claim `yaml:"claims"`
	Prose    []Prose `yaml:"prose"`
}

// Quote locates a statement in the document: its exact text in a section, with
// the text before or after it where it is not unique there. Block replaces
// Quote for a whole fenced block, which it names by its first line.
type Quote struct {
	Section string `yaml:"section"`
	Quote   string `yaml:"quote"`
	Prefix  string `yaml:"prefix"`
	Suffix  string `yaml:"suffix"`
	Block   string `yaml:"block"`
	Nth     int    `yaml:"nth"` // which of the section's blocks with that first line, from 1
}

// Subjects of claims.
const (
	Engine = "engine" // an engine can contradict it
	Text   = "text"   // only the text itself can, such as a reference to another section
)

// Claim is one falsifiable statement of a document.
type Claim struct {
	ID        string `yaml:"id"`
	Quote     `yaml:",inline"`
	Subject   string     `yaml:"subject"` // Engine or Text; absent: Engine
	Erratum   *Erratum   `yaml:"erratum"`
	Deviation *Deviation `yaml:"deviation"`
	// Undecided is the reason why no spec decides this claim: it needs
	// hardware, a cloud or an engine that no run can provide.
	Undecided string `yaml:"undecided"`
	// By is how a claim is decided in a lesson with side-cars: ByWalk, BySpec, ByProse or
	// ByTodo.
	By string `yaml:"by"`
	// Check decides the claim by commands, typed at the end of the claim's section.
	Check []Check `yaml:"check"`

	Lesson string `yaml:"-"`
	File   string `yaml:"-"` // the claims.yaml
	Line   int    `yaml:"-"` // in that file
}

// Ways in which a claim is decided.
const (
	ByWalk  = "walk"  // its block is typed and its output compared
	BySpec  = "spec"  // by a spec of a suite
	ByProse = "prose" // not at all: it is no claim
	ByTodo  = "todo"  // the author has not said yet
)

// Check is a command and what it prints if the claim holds.
type Check struct {
	Run    string `yaml:"run"`
	In     string `yaml:"in"`     // the directory; absent: the student's current one
	Prints string `yaml:"prints"` // absent: anything
	Fails  bool   `yaml:"fails"`  // it exits with a status other than 0
}

// Deviation says which engines do something else where the document is right.
type Deviation struct {
	result.Deviation `yaml:",inline"`

	on Constraint
}

// Text returns the quoted words, or the first line of the quoted block.
func (q Quote) Text() string {
	if q.Block != "" {
		return q.Block
	}
	return q.Quote
}

// Prose is text that nothing can contradict, and why.
type Prose struct {
	Quote  `yaml:",inline"`
	Reason string `yaml:"reason"` // motivation, definition, instruction or advice

	File string `yaml:"-"` // the claims.yaml
	Line int    `yaml:"-"` // in that file
}

var (
	idPattern = regexp.MustCompile(`^[a-z][a-z0-9-]*/[a-z0-9][a-z0-9-]*$`)
	reasons   = []string{"motivation", "definition", "instruction", "advice"}
)

// Parse parses a claims.yaml strictly. It joins the errors of the whole file,
// each with file and line.
func Parse(file string, data []byte) (File, error) {
	var parsed File
	if err := yaml.Load(data, &parsed, yaml.WithKnownFields()); err != nil {
		return File{}, located(file, err)
	}
	claimLines, proseLines := lines(data)
	var problems []error
	wrong := func(line int, format string, args ...any) {
		problems = append(problems, fmt.Errorf("%s:%d: %s", file, line, fmt.Sprintf(format, args...)))
	}
	if parsed.Lesson == "" {
		wrong(1, "`lesson` is missing: the id of the document that makes these claims")
	}
	if parsed.Headings != "" && !slices.Contains(reasons, parsed.Headings) {
		wrong(1, "headings: reason %q is not one of %s", parsed.Headings, strings.Join(reasons, ", "))
	}
	for i := range parsed.Claims {
		claim := &parsed.Claims[i]
		claim.Lesson, claim.File, claim.Line = parsed.Lesson, file, claimLines[i]
		for _, problem := range claim.check() {
			wrong(claim.Line, "claim %q: %s", claim.ID, problem)
		}
	}
	for i := range parsed.Prose {
		prose := &parsed.Prose[i]
		prose.File, prose.Line = file, proseLines[i]
		if problem := prose.Quote.check(); problem != "" {
			wrong(prose.Line, "prose: %s", problem)
		}
		if !slices.Contains(reasons, prose.Reason) {
			wrong(prose.Line, "prose: reason %q is not one of %s", prose.Reason, strings.Join(reasons, ", "))
		}
	}
	return parsed, errors.Join(problems...)
}

func (c *Claim) check() (problems []string) {
	add := func(problem string) {
		if problem != "" {
			problems = append(problems, problem)
		}
	}
	if !idPattern.MatchString(c.ID) {
		add("the id does not look like `volumes/data-survives-container-removal`")
	}
	switch c.Subject {
	case "":
		c.Subject = Engine
	case Engine, Text:
	default:
		add(fmt.Sprintf("subject %q is neither %s nor %s", c.Subject, Engine, Text))
	}
	add(c.Quote.check())
	if !slices.Contains([]string{"", ByWalk, BySpec, ByProse, ByTodo}, c.By) {
		add(fmt.Sprintf("by %q is not one of %s, %s, %s and %s", c.By, ByWalk, BySpec, ByProse, ByTodo))
	}
	if c.By != "" && len(c.Check) > 0 {
		add("`by` and `check` exclude each other")
	}
	for _, check := range c.Check {
		if check.Run == "" {
			add("a check needs the command to `run`")
		}
	}
	if c.Erratum != nil {
		for _, problem := range c.Erratum.check() {
			add(problem)
		}
	}
	if d := c.Deviation; d != nil {
		var err error
		if d.on, err = ParseConstraint(d.On); err != nil {
			add("deviation: on: " + err.Error())
		}
		if d.On == "" || d.Actually == "" || d.Source == "" {
			add("a deviation needs `on` (which engines), `actually` (what happens) and `source` (who says so)")
		}
	}
	return problems
}

func (q Quote) check() string {
	switch {
	case q.Section == "":
		return "`section` is missing"
	case strings.TrimSpace(q.Quote) == "" && strings.TrimSpace(q.Block) == "":
		return "`quote` is empty: give the document's exact words, or `block` for a whole fenced block"
	case q.Quote != "" && q.Block != "":
		return "`quote` and `block` exclude each other"
	}
	return ""
}

// located puts file:line in front of the YAML library's errors.
func located(file string, err error) error {
	var many *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case errors.As(err, &many):
		var all []error
		for _, e := range many.Errors {
			all = append(all, fmt.Errorf("%s:%d: %s", file, e.Mark.Line, e.Message))
		}
		return errors.Join(all...)
	case errors.As(err, &one):
		return fmt.Errorf("%s:%d: %s", file, one.Mark.Line, one.Message)
	}
	return fmt.Errorf("%s: %w", file, err)
}

// lines returns the line of each claim and of each prose entry.
func lines(data []byte) (claims, prose []int) {
	var document yaml.Node
	if err := yaml.Load(data, &document); err != nil || len(document.Content) == 0 {
		return nil, nil
	}
	root := document.Content[0]
	for i := 0; i+1 < len(root.Content); i += 2 {
		var into *[]int
		switch root.Content[i].Value {
		case "claims":
			into = &claims
		case "prose":
			into = &prose
		default:
			continue
		}
		for _, entry := range root.Content[i+1].Content {
			*into = append(*into, entry.Line)
		}
	}
	return claims, prose
}
