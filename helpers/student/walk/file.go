// Package walk walks through a lesson as a student would: it creates the lesson's
// files, types its command blocks in order at a terminal, and compares the lesson's
// outputs with what is printed. A walk file adds what the Markdown does not say: the
// directory, the prompt, when a service is ready.
package walk

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/Masterminds/semver/v3"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/student"
	"github.com/holdfast/holdfast/helpers/student/output"

	"go.yaml.in/yaml/v4"
)

// File is a walk file. Its steps are the lesson's files, edits and commands, in the
// lesson's order. Each names its block by its text, so that edits are noticed.
type File struct {
	Lesson string `yaml:"lesson"`
	// Auto means that the steps only add to what the walker infers; see AutoPlan.
	Auto    bool              `yaml:"auto"`
	Prompts map[string]string `yaml:"prompts"` // of nested shells: a regular expression each
	// Patterns are regular expressions, by name, of text in outputs that differs
	// between runs.
	Patterns map[string]string `yaml:"patterns"`
	Steps    []Step            `yaml:"steps"`
}

// Step is about one block of the lesson. Exactly one of File, Edit and Command is set.
type Step struct {
	File    string `yaml:"file"`    // the name of a file that the lesson prints
	Edit    string `yaml:"edit"`    // the first line of a fragment that replaces as many lines of a file
	Command string `yaml:"command"` // the first line of a command block
	Section string `yaml:"section"`
	Sum     string `yaml:"sum"` // of the block; see lesson.Block.Sum
	Nth     int    `yaml:"nth"`

	To      string     `yaml:"to"`      // the file's path, from the home directory on
	Provide []Provided `yaml:"provide"` // files that the lesson leaves out

	In       string   `yaml:"in"`       // the working directory
	Inside   string   `yaml:"inside"`   // the prompt; empty for the student's own shell
	Terminal string   `yaml:"terminal"` // the terminal's name; empty for the first one
	Needs    []string `yaml:"needs"`    // images; if one is missing, the block is skipped
	Before   []Action `yaml:"before"`
	Lines    []Line   `yaml:"lines"` // of the block, if they need more than the prompt
	After    []Action `yaml:"after"`
	FailsIf  string   `yaml:"failsIf"` // a regular expression: printed, it is a failure despite exit code 0
	Skip     string   `yaml:"skip"`    // why the block is not typed
	Output   *Output  `yaml:"output"`
	Expect   []Expect `yaml:"expect"` // the first that applies counts; if none does, the lesson is right

	// Corrected holds the keys that differ after the lesson is corrected.
	Corrected yaml.Node `yaml:"corrected"`
	// Added means that only the corrected lesson has this block.
	Added bool `yaml:"added"`

	Line int `yaml:"-"` // in the walk file

	corrected *Step
}

// Provided is a file that the student has although the lesson does not print it.
type Provided struct {
	From    string `yaml:"from"` // a file among the projects
	Text    string `yaml:"text"`
	To      string `yaml:"to"`
	Because string `yaml:"because"`
}

// Action is something the student does that no block shows.
type Action struct {
	Type    string         `yaml:"type"`
	Stop    bool           `yaml:"stop"`    // presses Ctrl-C
	WaitFor *student.Ready `yaml:"waitFor"` // waits until a page answers
	Because string         `yaml:"because"`
}

// Line describes one line of a block.
type Line struct {
	Line    string           `yaml:"line"` // as in the block, with continuation lines joined
	Opens   string           `yaml:"opens"`
	Answers []student.Answer `yaml:"answers"`
	Ready   *student.Ready   `yaml:"ready"` // the line starts a foreground service
	Within  time.Duration    `yaml:"within"`
}

// Output is the block that shows what a command block prints.
type Output struct {
	Block        string   `yaml:"block"` // its first line
	Sum          string   `yaml:"sum"`
	Nth          int      `yaml:"nth"`
	Shows        []string `yaml:"shows"`   // the lines whose output it is; empty for all
	Prompts      bool     `yaml:"prompts"` // it shows the prompts and the typed lines as well
	Project      string   `yaml:"project"` // the lesson's name of the Compose project
	output.Rules `yaml:",inline"`
}

// Expect is a known result that differs from the lesson, with its reason.
type Expect struct {
	On         string `yaml:"on"`         // an engine constraint; empty for all
	CLI        string `yaml:"cli"`        // versions of the docker CLI, such as "< 23.0"; empty for all
	Substitute string `yaml:"substitute"` // applies only if a substitute is used for this image
	Is         string `yaml:"is"`         // one of result.Results
	Because    string `yaml:"because"`
	Erratum    string `yaml:"erratum"` // the claim elsewhere in the lesson whose erratum causes it

	on  claims.Constraint
	cli *semver.Constraints
}

// Kind returns file, edit or command.
func (s Step) Kind() string {
	switch {
	case s.File != "":
		return "file"
	case s.Edit != "":
		return "edit"
	}
	return "command"
}

// variants returns the forms in which a step may fit the lesson, the original first.
func (s Step) variants() []Step {
	if s.corrected == nil {
		return []Step{s}
	}
	return []Step{s, *s.corrected}
}

// UnmarshalYAML reads a step and notes its line.
func (s *Step) UnmarshalYAML(node *yaml.Node) error {
	type plain Step
	if err := node.Load((*plain)(s), yaml.WithKnownFields()); err != nil {
		return err
	}
	s.Line = node.Line
	if s.Corrected.IsZero() {
		return nil
	}
	corrected := *s
	corrected.Corrected, corrected.Expect, corrected.Output = yaml.Node{}, nil, nil
	if err := s.Corrected.Load((*plain)(&corrected), yaml.WithKnownFields()); err != nil {
		return err
	}
	if corrected.Output == nil {
		corrected.Output = s.Output
	}
	s.corrected = &corrected
	return nil
}

// Parse reads a walk file strictly. Each error names the file, the line and the
// mistake. All errors of a file are joined.
func Parse(name string, data []byte) (File, error) {
	var file File
	if err := yaml.Load(data, &file, yaml.WithKnownFields()); err != nil {
		line := "1"
		if found := regexp.MustCompile(`line (\d+)`).FindStringSubmatch(err.Error()); found != nil {
			line = found[1]
		}
		return File{}, fmt.Errorf("%s:%s: %w", name, line, err)
	}
	var problems []error
	add := func(line int, format string, args ...any) {
		problems = append(problems, fmt.Errorf("%s:%d: %s", name, line, fmt.Sprintf(format, args...)))
	}
	if file.Lesson == "" {
		add(1, "`lesson` is missing: the id of the lesson")
	}
	for prompt, pattern := range file.Prompts {
		if _, err := regexp.Compile(pattern); err != nil || pattern == "" {
			add(1, "prompt %s: %q is not a pattern: %v", prompt, pattern, err)
		}
	}
	if _, err := output.Compare("", "", output.Rules{Patterns: file.Patterns}); err != nil {
		add(1, "%v", err)
	}
	for i := range file.Steps {
		step := &file.Steps[i]
		for _, problem := range step.check(file.Prompts, file.Auto) {
			add(step.Line, "%s", problem)
		}
		if step.corrected != nil {
			for _, problem := range step.corrected.check(file.Prompts, file.Auto) {
				add(step.Line, "corrected: %s", problem)
			}
		}
	}
	return file, errors.Join(problems...)
}
