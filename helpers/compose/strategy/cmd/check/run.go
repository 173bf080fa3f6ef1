package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/compose/model"
	"github.com/holdfast/holdfast/helpers/compose/strategy"
	"github.com/holdfast/holdfast/helpers/compose/strategy/report"
)

// The exit codes.
const (
	clean = iota
	found
	unjudged
)

const usage = `Usage: check [flags] [FILE... | DIRECTORY...]

Judges the storage strategy of Compose projects, without an engine. Files are
one project, merged in their order as "docker compose -f" does; each directory
is a project of its own. Without any, it is the project that "docker compose"
would find here. A file of a default name is judged with its override file.

Exit status: 0 nothing found, 1 findings, 2 a project could not be judged.

`

// list is a flag that may be given several times.
type list []string

func (l *list) String() string         { return strings.Join(*l, ",") }
func (l *list) Set(value string) error { *l = append(*l, value); return nil }

// flags are the command's flags.
type flags struct {
	strategy, format, failOn, explain string
	config, baseline, writeBaseline   string
	profiles, env, envFiles           list
	list                              bool
	args                              []string
}

func parse(args []string, stderr io.Writer) (*flags, error) {
	f := &flags{}
	set := flag.NewFlagSet("check", flag.ContinueOnError)
	set.SetOutput(stderr)
	set.Usage = func() {
		fmt.Fprint(stderr, usage)
		set.PrintDefaults()
	}
	set.StringVar(&f.strategy, "strategy", string(strategy.Production), "the rules: `production or development`")
	set.StringVar(&f.format, "format", "text", "the output: `text, json, sarif or github`")
	set.StringVar(&f.failOn, "fail-on", string(strategy.Warning), "the least `severity` that makes the exit status 1: error or warning")
	set.Var(&f.profiles, "profile", "activate a `profile`, as docker compose --profile does; '*' activates all (default: COMPOSE_PROFILES)")
	set.Var(&f.env, "env", "give a variable a value, `NAME=VALUE`, or the shell's with NAME; no other variable of the shell counts")
	set.Var(&f.envFiles, "env-file", "read variables from a `file` instead of .env")
	set.StringVar(&f.config, "config", "", "the configuration `file` (default: "+strategy.ConfigName+" beside the project or above it)")
	set.StringVar(&f.baseline, "baseline", "", "leave out the findings that this `file` knows")
	set.StringVar(&f.writeBaseline, "write-baseline", "", "write the findings to this `file`, and exit with 0")
	set.BoolVar(&f.list, "list", false, "list the rules")
	set.StringVar(&f.explain, "explain", "", "explain a `rule`")
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	f.args = set.Args()
	if !slices.Contains([]string{"text", "json", "sarif", "github"}, f.format) {
		return nil, fmt.Errorf("-format: %q is neither text, json, sarif nor github", f.format)
	}
	if f.failOn != string(strategy.Error) && f.failOn != string(strategy.Warning) {
		return nil, fmt.Errorf("-fail-on: %q is neither error nor warning", f.failOn)
	}
	return f, nil
}

// run is the command; it returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	f, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return clean
	}
	if err == nil {
		var code int
		if code, err = f.run(ctx, stdout); err == nil {
			return code
		}
	}
	fmt.Fprintln(stderr, "check: "+err.Error())
	return unjudged
}

func (f *flags) run(ctx context.Context, stdout io.Writer) (int, error) {
	if f.list {
		return clean, report.List(stdout, strategy.AllRules())
	}
	if f.explain != "" {
		return clean, explain(stdout, f.explain)
	}
	kind, err := strategy.ParseKind(f.strategy)
	if err != nil {
		return 0, fmt.Errorf("-strategy: %w", err)
	}
	requests, err := f.requests(kind)
	if err != nil {
		return 0, err
	}
	result := report.Result{Kind: kind}
	for _, request := range requests {
		checked, err := strategy.Check(ctx, request)
		if err != nil {
			return 0, explained(err)
		}
		result.Findings = append(result.Findings, checked.Findings...)
		result.Suppressed += len(checked.Suppressed)
		result.Inactive = append(result.Inactive, checked.Inactive...)
		for _, file := range checked.Files {
			result.Files = append(result.Files, relative(file))
		}
	}
	if f.writeBaseline != "" {
		err := strategy.NewBaseline(filepath.Dir(f.writeBaseline), result.Findings).Write(f.writeBaseline)
		return clean, err
	}
	if f.baseline != "" {
		known, err := strategy.ReadBaseline(f.baseline)
		if err != nil {
			return 0, err
		}
		result.Findings, result.Baseline = known.Subtract(filepath.Dir(f.baseline), result.Findings)
	}
	for i := range result.Findings {
		result.Findings[i].File = relative(result.Findings[i].File)
	}
	if err := report.Write(stdout, f.format, result); err != nil {
		return 0, err
	}
	failing := func(finding strategy.Finding) bool {
		return finding.Severity == strategy.Error || f.failOn == string(strategy.Warning)
	}
	if slices.ContainsFunc(result.Findings, failing) {
		return found, nil
	}
	return clean, nil
}

// explain prints the page of a rule.
func explain(w io.Writer, id string) error {
	for _, rule := range strategy.AllRules() {
		if rule.ID == id {
			_, err := io.WriteString(w, report.Page(rule))
			return err
		}
	}
	return fmt.Errorf("-explain: there is no rule %q; check -list lists them", id)
}

// explained adds to a load error whether Compose would refuse the project too.
func explained(err error) error {
	var refused *model.LoadError
	var remote *model.RemoteError
	switch {
	case errors.As(err, &remote), !errors.As(err, &refused):
		return err
	case len(refused.Unset) > 0:
		return fmt.Errorf("%w\nit depends on %s, which has no value here: give it one with -env %s=VALUE or an env file", located(refused), strings.Join(refused.Unset, ", "), refused.Unset[0])
	}
	return fmt.Errorf("%w\nCompose would refuse the project too", located(refused))
}

// located returns an error with its file relative to the caller's directory.
func located(refused *model.LoadError) error {
	named := *refused
	named.File = relative(refused.File)
	return &named
}

// relative returns a file's path relative to the caller's directory if it is inside.
func relative(file string) string {
	here, err := os.Getwd()
	if err != nil {
		return file
	}
	absolute, err := filepath.Abs(file)
	if err != nil {
		return file
	}
	if inside, err := filepath.Rel(here, absolute); err == nil && filepath.IsLocal(inside) {
		return inside
	}
	return file
}
