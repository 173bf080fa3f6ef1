package walk

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/helpers/student"
	"github.com/holdfast/holdfast/helpers/student/output"
)

// check returns the mistakes in a step, and compiles its constraints.
func (s *Step) check(prompts map[string]string, auto bool) (problems []string) {
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
		add(name != "" && !known, "`prompts` has no prompt %q", name)
	}
	path := func(path string) {
		add(path != "" && !belowHome(path), "%q is not a path below the home directory, such as ~/app", path)
	}
	kinds := slices.DeleteFunc([]string{s.File, s.Edit, s.Command}, func(kind string) bool { return kind == "" })
	add(len(kinds) != 1, "a step has exactly one of `file`, `edit` and `command`")
	add(!auto && (s.Section == "" || s.Sum == ""), "a step has the `section` of its block and the `sum` of its text")
	add(!auto && s.Kind() != "command" && s.To == "" && s.Skip == "", "a file has its path in `to`")
	path(s.To)
	path(s.In)
	for _, file := range s.Provide {
		path(file.To)
		add(file.To == "" || (file.From == "") == (file.Text == ""), "`provide` has `to`, and either `from` or `text`")
	}
	for _, action := range slices.Concat(s.Before, s.After) {
		add(action.Because == "", "an action that the lesson does not show has a reason (`because`)")
		add(action.Type == "" && !action.Stop && action.WaitFor == nil, "an action has one of `type`, `stop` and `waitFor`")
	}
	prompt(s.Inside)
	pattern("failsIf", s.FailsIf)
	for _, line := range s.Lines {
		add(line.Line == "", "`lines` have the `line` they are about")
		add(line.Opens != "" && line.Ready != nil, "a line opens a prompt or starts a service, not both")
		prompt(line.Opens)
		for _, answer := range line.Answers {
			pattern("the question for "+answer.Type, answer.To)
		}
		if line.Ready != nil {
			pattern("ready", line.Ready.Text)
			add(*line.Ready == student.Ready{}, "`ready` has at least one of `text`, `url` and `body`")
		}
	}
	if s.Output != nil {
		add((s.Output.Block == "") != (s.Output.Sum == ""), "an output has its `block` (the first line) and its `sum`, or neither if the command's block shows it")
		_, err := output.Compare("", "", s.Output.Rules)
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
		add(e.Is != result.Same && strings.TrimSpace(e.Because) == "", "expect: a result other than the lesson's has a reason (`because`)")
	}
	return problems
}

// belowHome reports whether a path is below the home directory.
func belowHome(path string) bool {
	rest, ok := strings.CutPrefix(path, "~")
	return ok && (rest == "" || strings.HasPrefix(rest, "/") && filepath.IsLocal(rest[1:]))
}
