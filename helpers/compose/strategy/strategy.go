// Package strategy checks the storage of Compose projects against the rules
// of a lesson, for development or for production. It needs no engine.
package strategy

import (
	"context"
	"fmt"
	"slices"

	"github.com/holdfast/holdfast/helpers/compose/model"
)

// Kind is what a project is for.
type Kind string

// The kinds.
const (
	Development Kind = "development"
	Production  Kind = "production"
)

// ParseKind reads a kind, as HOLDFAST_STRATEGY or a flag gives it.
func ParseKind(text string) (Kind, error) {
	if kind := Kind(text); kind == Development || kind == Production {
		return kind, nil
	}
	return "", fmt.Errorf("strategy %q is neither %s nor %s", text, Development, Production)
}

// Severity is how serious a finding is.
type Severity string

// The severities. Off is for configurations only.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Off     Severity = "off"
)

// Finding is a place where a project breaks a rule.
type Finding struct {
	File     string
	Line     int
	Services []string // those that the place concerns; none for a volume, a secret or a config
	Rule     string   // the rule's ID
	Severity Severity
	What     string
	Remedy   string
}

// String formats the finding as a compiler would print it.
func (f Finding) String() string {
	return fmt.Sprintf("%s:%d: %s: %s [%s]; %s", f.File, f.Line, f.Severity, f.Text(), f.Rule, f.Remedy)
}

// Text returns the finding and the services that it concerns.
func (f Finding) Text() string {
	switch len(f.Services) {
	case 0:
		return f.What
	case 1:
		return "service " + f.Services[0] + ": " + f.What
	}
	if n := len(f.Services); n > 4 {
		return fmt.Sprintf("services %s and %d more: %s", joined(f.Services[:3]), n-3, f.What)
	}
	return "services " + joined(f.Services) + ": " + f.What
}

// Request is a project to check.
type Request struct {
	Kind     Kind
	Files    []string // the compose files, merged in this order
	Dir      string   // the project directory; empty: the first file's
	Env      []string // NAME=VALUE; of the shell's variables, only these count
	EnvFiles []string // empty: the project directory's .env
	Profiles []string // the active ones, as `docker compose --profile` takes them
	Config   Config
}

// Report is the result of a check.
type Report struct {
	Findings   []Finding
	Suppressed []Finding // those that a comment in the files allows
	Inactive   []string  // services outside the active profiles: only their secrets were checked
	Files      []string  // the files that were read
}

// Check checks a project against the rules of its kind. The error for a project
// that does not load is a *model.LoadError. Only the compose files have to exist:
// secrets, env files and images do not.
func Check(ctx context.Context, request Request) (*Report, error) {
	if _, err := ParseKind(string(request.Kind)); err != nil {
		return nil, err
	}
	env := request.Env
	if env == nil {
		env = []string{}
	}
	profiles := request.Profiles
	if profiles == nil {
		profiles = []string{}
	}
	project, err := model.Load(ctx, model.Options{
		Dir: request.Dir, Env: env, EnvFiles: request.EnvFiles, Profiles: profiles, Unresolved: true,
	}, request.Files...)
	if err != nil {
		return nil, err
	}
	c := &check{ctx: ctx, project: project, kind: request.Kind, config: request.Config}
	c.prepare()
	for _, rule := range Rules(request.Kind) {
		c.rule = rule
		rule.check(c)
	}
	report := c.report()
	for _, source := range project.Sources {
		report.Files = append(report.Files, source.File)
	}
	for name := range project.DisabledServices {
		report.Inactive = append(report.Inactive, name)
	}
	slices.Sort(report.Inactive)
	return report, nil
}
