// Package walk walks a lesson as a student would: it makes the lesson's files,
// types its command blocks in their order at a terminal, and holds the lesson's
// printed outputs against what is printed. What the Markdown cannot say (in which
// folder, inside which prompt, when a service is ready) a walk file says.
package walk

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/helpers/student/output"

	"go.yaml.in/yaml/v4"
)

// File is a walk file. Its steps are the lesson's files, edits and commands, in
// the lesson's order; each names its block by what stands in it, so that an
// edit of the lesson is seen.
type File struct {
	Lesson  string            `yaml:"lesson"`
	Prompts map[string]string `yaml:"prompts"` // of shells within the shell: a regular expression each
	Steps   []Step            `yaml:"steps"`
}

// Step is one block of the lesson: exactly one of File, Edit and Command is set.
type Step struct {
	File    string `yaml:"file"`    // the name of a file that the lesson prints
	Edit    string `yaml:"edit"`    // the first line of a fragment that takes the place of as many lines of a file
	Command string `yaml:"command"` // the first line of a command block
	Section string `yaml:"section"`
	Sum     string `yaml:"sum"` // of the block's text; see lesson.Block.Sum
	Nth     int    `yaml:"nth"`

	To   string `yaml:"to"`   // where the file stands, from the home folder on
	Give []Give `yaml:"give"` // what the lesson leaves out

	In       string   `yaml:"in"`       // the folder that the student is in
	Inside   string   `yaml:"inside"`   // the prompt at which the block is typed; empty for the student's own shell
	Terminal string   `yaml:"terminal"` // which, where it is not the first one
	Needs    []string `yaml:"needs"`    // images, without which the block is left out
	Before   []Deed   `yaml:"before"`
	Lines    []Line   `yaml:"lines"` // of the block, where there is something to say of them
	After    []Deed   `yaml:"after"`
	Refused  string   `yaml:"refused"` // a regular expression: printed, it is a failure whatever the exit code
	Untyped  string   `yaml:"untyped"` // why the block is not typed
	Output   *Output  `yaml:"output"`
	Expect   []Expect `yaml:"expect"` // the first that applies; where none does, the lesson is right

	// Corrected says what is otherwise where the lesson has been corrected.
	Corrected *Step `yaml:"corrected"`
	// Added: only the corrected lesson has this block.
	Added bool `yaml:"added"`

	Line int `yaml:"-"` // in the walk file
}

// Give is a file that the student has and the lesson does not print.
type Give struct {
	From    string `yaml:"from"` // a file among the projects
	Text    string `yaml:"text"`
	To      string `yaml:"to"`
	Because string `yaml:"because"`
}

// Deed is what the student does and no block says.
type Deed struct {
	Type    string `yaml:"type"`
	Stop    bool   `yaml:"stop"`  // press Ctrl-C
	Await   *Ready `yaml:"await"` // wait until a page answers
	Because string `yaml:"because"`
}

// Line is what is to be known of one line of a block.
type Line struct {
	Line    string        `yaml:"line"` // as in the block, continuation lines joined
	Opens   string        `yaml:"opens"`
	Answers []Answer      `yaml:"answers"`
	Ready   *Ready        `yaml:"ready"` // it starts a service in the foreground
	Within  time.Duration `yaml:"within"`
}

// Answer is what is typed where a command asks.
type Answer struct {
	To   string `yaml:"to"`
	Type string `yaml:"type"`
}

// Ready is when a service can be used.
type Ready struct {
	Text string `yaml:"text"`
	URL  string `yaml:"url"`
	Body string `yaml:"body"`
}

// Output is the block that shows what a command block prints.
type Output struct {
	Block   string   `yaml:"block"` // its first line
	Sum     string   `yaml:"sum"`
	Nth     int      `yaml:"nth"`
	Shows   []string `yaml:"shows"`   // the lines of the command block whose output it is; empty for all
	Prompts bool     `yaml:"prompts"` // it shows the prompts and what is typed as well
	Excerpt bool     `yaml:"excerpt"`
	Project string   `yaml:"project"` // the lesson's name of the Compose project
	Wording []struct {
		Lesson  string `yaml:"lesson"`
		Printed string `yaml:"printed"`
	} `yaml:"wording"`
	Besides []string `yaml:"besides"`
}

// Expect is a result that is known and not the lesson's, with its reason.
type Expect struct {
	On      string `yaml:"on"`  // engine constraint; empty: everywhere
	CLI     string `yaml:"cli"` // versions of the docker CLI, such as "< 23.0"; empty: all
	Is      string `yaml:"is"`  // one of result.Results
	Because string `yaml:"because"`
	// Substitute: only where this image was not to be had, and another stood in.
	Substitute string `yaml:"substitute"`

	on  claims.Constraint
	cli *semver.Constraints
}

// Kind is what the step does.
func (s Step) Kind() string {
	switch {
	case s.File != "":
		return "file"
	case s.Edit != "":
		return "edit"
	}
	return "command"
}

// Parse reads a walk file strictly. Every error names the file, the line and
// what is wrong; all of a file's errors are joined.
func Parse(name string, data []byte) (File, error) {
	var parsed File
	if err := yaml.Load(data, &parsed, yaml.WithKnownFields()); err != nil {
		return File{}, located(name, err)
	}
	var problems []error
	wrong := func(line int, format string, args ...any) {
		problems = append(problems, fmt.Errorf("%s:%d: %s", name, line, fmt.Sprintf(format, args...)))
	}
	if parsed.Lesson == "" {
		wrong(1, "`lesson` is missing: the id of the lesson that is walked")
	}
	for prompt, pattern := range parsed.Prompts {
		if _, err := regexp.Compile(pattern); err != nil || pattern == "" {
			wrong(1, "prompt %s: %q is no pattern: %v", prompt, pattern, err)
		}
	}
	lines := stepLines(data)
	for i := range parsed.Steps {
		parsed.Steps[i].Line = lines[i]
		for _, problem := range parsed.Steps[i].check(parsed.Prompts) {
			wrong(lines[i], "%s", problem)
		}
		if parsed.Steps[i].Corrected == nil {
			continue
		}
		corrected := parsed.Steps[i].corrected()
		for _, problem := range corrected.check(parsed.Prompts) {
			wrong(lines[i], "corrected: %s", problem)
		}
		parsed.Steps[i].Corrected.Expect = corrected.Expect
	}
	return parsed, errors.Join(problems...)
}

// located puts the file's name in front of the line that the parser names.
func located(name string, err error) error {
	line := "1"
	if found := regexp.MustCompile(`line (\d+)`).FindStringSubmatch(err.Error()); found != nil {
		line = found[1]
	}
	return fmt.Errorf("%s:%s: %w", name, line, err)
}

func stepLines(data []byte) (lines []int) {
	var root yaml.Node
	if yaml.Load(data, &root) != nil || len(root.Content) == 0 {
		return nil
	}
	top := root.Content[0].Content
	for i := 0; i+1 < len(top); i += 2 {
		if top[i].Value == "steps" {
			for _, step := range top[i+1].Content {
				lines = append(lines, step.Line)
			}
		}
	}
	return lines
}

func (s *Step) check(prompts map[string]string) (problems []string) {
	add := func(bad bool, format string, args ...any) {
		if bad {
			problems = append(problems, fmt.Sprintf(format, args...))
		}
	}
	pattern := func(what, text string) {
		_, err := regexp.Compile(text)
		add(err != nil, "%s: %v", what, err)
	}
	prompt := func(name string) {
		_, known := prompts[name]
		add(name != "" && !known, "no prompt %q is described under `prompts`", name)
	}
	kinds := 0
	for _, name := range []string{s.File, s.Edit, s.Command} {
		if name != "" {
			kinds++
		}
	}
	add(kinds != 1, "a step is exactly one of `file`, `edit` and `command`")
	add(s.Section == "" || s.Sum == "", "a step says the `section` of its block, and the `sum` of its text")
	add(s.Kind() != "command" && s.To == "" && s.Untyped == "", "a file says where it stands (`to`)")
	for _, path := range []string{s.To, s.In} {
		add(path != "" && !below(path), "%q is no path below the home folder, such as ~/app", path)
	}
	for _, give := range s.Give {
		add(!below(give.To), "%q is no path below the home folder, such as ~/app", give.To)
		add(give.To == "" || (give.From == "") == (give.Text == ""), "`give` has `to`, and one of `from` and `text`")
	}
	for _, deed := range slices.Concat(s.Before, s.After) {
		add(deed.Because == "", "what the student does beyond the lesson has a reason (`because`)")
		add(deed.Type == "" && !deed.Stop && deed.Await == nil, "a deed is one of `type`, `stop` and `await`")
	}
	prompt(s.Inside)
	pattern("refused", s.Refused)
	for _, line := range s.Lines {
		add(line.Line == "", "`lines` name the `line` they are about")
		add(line.Opens != "" && line.Ready != nil, "a line opens a prompt or starts a service, not both")
		prompt(line.Opens)
		for _, answer := range line.Answers {
			pattern("the question for "+answer.Type, answer.To)
		}
		if line.Ready != nil {
			pattern("ready", line.Ready.Text)
			add(*line.Ready == Ready{}, "`ready` says when a service is: `text`, `url`, `body`")
		}
	}
	if s.Output != nil {
		add(s.Output.Block == "" || s.Output.Sum == "", "an output says its `block` (the first line) and its `sum`")
		_, err := output.Compare("", "", s.Output.rules(nil))
		add(err != nil, "output: %v", err)
	}
	for i := range s.Expect {
		e := &s.Expect[i]
		var err error
		e.on, err = claims.ParseConstraint(e.On)
		add(err != nil, "expect: %v", err)
		if e.CLI != "" {
			e.cli, err = semver.NewConstraint(e.CLI)
			add(err != nil, "expect: cli %q: %v", e.CLI, err)
		}
		add(!slices.Contains(result.Results, e.Is), "expect: `is` is one of %v", result.Results)
		add(e.Is != result.Same && strings.TrimSpace(e.Because) == "", "expect: a result that is not the lesson's has a reason (`because`)")
	}
	return problems
}

// below tells whether a path stands below the home folder.
func below(path string) bool {
	rest, ok := strings.CutPrefix(path, "~")
	return ok && (rest == "" || strings.HasPrefix(rest, "/") && filepath.IsLocal(rest[1:]))
}

func (o *Output) rules(names output.Names) output.Rules {
	rules := output.Rules{Besides: o.Besides, Excerpt: o.Excerpt, Names: names}
	for _, pair := range o.Wording {
		rules.Wording = append(rules.Wording, output.Pair{Lesson: pair.Lesson, Printed: pair.Printed})
	}
	return rules
}
