// Package claims holds the catalogue of what a lesson states, and judges each
// statement on the engine under test.
package claims

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/holdfast/holdfast/helpers/result"
	"go.yaml.in/yaml/v4"
)

// File is one claims.yaml.
type File struct {
	Lesson string `yaml:"lesson"`
	// Headings is the reason of prose for the lesson's headings and table headers that
	// no claim quotes. Without it each of them must be claimed or listed.
	Headings string  `yaml:"headings"`
	Claims   []Claim `yaml:"claims"`
	Prose    []Prose `yaml:"prose"`
}

// Quote anchors a statement in the lesson: the exact text, in a section, with
// text before or after it where it is not unique there. Block, in place of
// Quote, names a whole fenced block of the section by its first line.
type Quote struct {
	Section string `yaml:"section"`
	Quote   string `yaml:"quote"`
	Prefix  string `yaml:"prefix"`
	Suffix  string `yaml:"suffix"`
	Block   string `yaml:"block"`
	Nth     int    `yaml:"nth"` // which of several such blocks of the section, from 1
}

// Subjects of claims.
const (
	Engine = "engine" // an engine can contradict it
	Text   = "text"   // only the text itself can, such as a reference to another section
)

// Claim is one falsifiable statement of a lesson.
type Claim struct {
	ID        string `yaml:"id"`
	Quote     `yaml:",inline"`
	Subject   string     `yaml:"subject"` // Engine or Text; absent: Engine
	Erratum   *Erratum   `yaml:"erratum"`
	Deviation *Deviation `yaml:"deviation"`
	// Undecided is the reason why no spec decides this claim: it needs
	// hardware, a cloud or an engine that no run can bring along.
	Undecided string `yaml:"undecided"`

	Lesson string `yaml:"-"`
	File   string `yaml:"-"` // the claims.yaml
	Line   int    `yaml:"-"` // in that file
}

// Deviation says which engines do something else than Docker, where the lesson
// is right about Docker.
type Deviation struct {
	result.Deviation `yaml:",inline"`

	on Constraint
}

// Text returns what the claim quotes.
func (q Quote) Text() string {
	if q.Block != "" {
		return q.Block
	}
	return q.Quote
}

// Prose is what no engine could contradict, and why.
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

// Parse reads one claims file strictly. Every error it returns names the file,
// the line, and what is wrong; all of a file's errors are joined.
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
		wrong(1, "`lesson` is missing: the id of the lesson that these claims are of")
	}
	if parsed.Headings != "" && !slices.Contains(reasons, parsed.Headings) {
		wrong(1, "headings: reason %q is none of %s", parsed.Headings, strings.Join(reasons, ", "))
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
			wrong(prose.Line, "prose: reason %q is none of %s", prose.Reason, strings.Join(reasons, ", "))
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
		add("an id looks like `volumes/data-survives-container-removal`")
	}
	switch c.Subject {
	case "":
		c.Subject = Engine
	case Engine, Text:
	default:
		add(fmt.Sprintf("subject %q is neither %s nor %s", c.Subject, Engine, Text))
	}
	add(c.Quote.check())
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
			add("a deviation says which engines (`on`), what happens (`actually`) and who says so (`source`)")
		}
	}
	return problems
}

func (q Quote) check() string {
	switch {
	case q.Section == "":
		return "`section` is missing"
	case strings.TrimSpace(q.Quote) == "" && strings.TrimSpace(q.Block) == "":
		return "`quote` is empty: the lesson's exact words, or `block` for a whole fenced block"
	case q.Quote != "" && q.Block != "":
		return "`quote` and `block` exclude each other"
	}
	return ""
}

// located turns the YAML library's positions into file:line.
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

// lines tells where each claim and each prose entry begins.
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

// Catalogue holds every claim of every claims.yaml.
type Catalogue struct {
	Files []File
	byID  map[string]Claim
}

// Load reads and checks every */claims.yaml of a file system. dir is where the file system lies in the
// project, for messages. All the problems of all the files are joined, each with its file and line.
func Load(files fs.FS, dir string) (*Catalogue, error) {
	names, err := fs.Glob(files, "*/claims.yaml")
	if err != nil {
		return nil, err
	}
	catalogue := &Catalogue{byID: map[string]Claim{}}
	var problems []error
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		file, err := Parse(path.Join(dir, name), data)
		problems = append(problems, err)
		catalogue.Files = append(catalogue.Files, file)
		for _, claim := range file.Claims {
			if first, taken := catalogue.byID[claim.ID]; taken {
				problems = append(problems, fmt.Errorf("%s:%d: claim %q is already defined in %s:%d", claim.File, claim.Line, claim.ID, first.File, first.Line))
			}
			catalogue.byID[claim.ID] = claim
		}
	}
	for _, claim := range catalogue.Claims() {
		if e := claim.Erratum; e != nil && e.With != "" && catalogue.byID[e.With].correction() == "" {
			problems = append(problems, fmt.Errorf("%s:%d: claim %q: `with`: claim %q has no correction", claim.File, claim.Line, claim.ID, e.With))
		}
	}
	return catalogue, errors.Join(problems...)
}

// Claims returns all claims, sorted by id.
func (c *Catalogue) Claims() []Claim {
	return slices.SortedFunc(maps.Values(c.byID), func(a, b Claim) int { return strings.Compare(a.ID, b.ID) })
}

// Claim finds a claim by its id. The error names the id of the catalogue that is nearest.
func (c *Catalogue) Claim(id string) (Claim, error) {
	if claim, found := c.byID[id]; found {
		return claim, nil
	}
	return Claim{}, fmt.Errorf("claim %q is in no claims.yaml%s", id, nearest(id, slices.Sorted(maps.Keys(c.byID))))
}

// nearest suggests the one of the ids that takes the fewest edits to reach; empty where there are none.
func nearest(id string, ids []string) string {
	best, fewest := "", 0
	for _, other := range ids {
		edits := 0
		for _, edit := range udiff.Strings(id, other) {
			edits += edit.End - edit.Start + len(edit.New)
		}
		if best == "" || edits < fewest {
			best, fewest = other, edits
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}
