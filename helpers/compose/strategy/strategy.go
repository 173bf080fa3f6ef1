// Package strategy holds a lesson's rules for the storage of composed
// services, in development and in production, as checks over compose files.
package strategy

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/holdfast/holdfast/helpers/compose/model"
)

// Kind is what a project is for.
type Kind string

// The kinds.
const (
	Development Kind = "development"
	Production  Kind = "production"
)

// ParseKind reads a kind, as HOLDFAST_STRATEGY gives it.
func ParseKind(text string) (Kind, error) {
	if kind := Kind(text); kind == Development || kind == Production {
		return kind, nil
	}
	return "", fmt.Errorf("strategy %q is neither %s nor %s", text, Development, Production)
}

// Rule is one rule of a strategy.
type Rule struct {
	ID          string
	Description string // what is asked of a project, in one sentence
	Remedy      string // what to do where a project breaks it

	check func(*check)
}

// Finding is where a project breaks a rule.
type Finding struct {
	File    string
	Line    int    // 0 where the cause stands in a file that was not given
	Service string // empty where it is of no service
	Rule    string // the rule's ID
	What    string
	Remedy  string
}

// String is the finding as a compiler would print it.
func (f Finding) String() string {
	at := fmt.Sprintf("%s:%d: ", f.File, f.Line)
	if f.Service != "" {
		at += "service " + f.Service + ": "
	}
	return fmt.Sprintf("%s%s [%s]; %s", at, f.What, f.Rule, f.Remedy)
}

// The rules' IDs.
const (
	SourceByBindMount   = "source-by-bind-mount"
	DataOnNamedVolumes  = "data-on-named-volumes"
	LogsByBindMount     = "logs-by-bind-mount"
	NoSecretValues      = "no-secret-values"
	NoBindMounts        = "no-bind-mounts"
	ImmutableImage      = "immutable-image"
	NoLocalLogs         = "no-local-logs"
	NoRawSecretFiles    = "no-raw-secret-files"
	remedyForSecrets    = "take the value from the environment or an .env file that is not committed (`${NAME}`), or from a file on a tmpfs"
	remedyForData       = "mount a named volume there and declare it under the top-level `volumes:`"
	descriptionOfData   = "What must outlive a container is kept on named volumes."
	descriptionOfSecret = "No secret value stands in the compose file itself."
)

var rules = map[Kind][]Rule{
	Development: {
		{SourceByBindMount, "A service that is built here has its source code by bind mount, so that an edit is seen at once.",
			"mount the source folder into the service, as `./src:/app`", (*check).sourceByBindMount},
		{DataOnNamedVolumes, descriptionOfData, remedyForData, (*check).dataOnNamedVolumes},
		{LogsByBindMount, "A folder of logs is bind mounted, to be read on the host and to outlive a restart.",
			"mount a folder of the host there, as `./logs:/app/logs`", (*check).logsByBindMount},
		{NoSecretValues, descriptionOfSecret, remedyForSecrets, (*check).noSecretValues},
	},
	Production: {
		{NoBindMounts, "Nothing is bind mounted: code is frozen in the image when that is built.",
			"copy it into the image, or keep it on a named volume", (*check).noBindMounts},
		{ImmutableImage, "Every service runs an image of a fixed tag, better of a digest, and builds none.",
			"build and push it beforehand, and name it here as `image: registry/app:v1.2.3` or `image: registry/app@sha256:...`", (*check).immutableImage},
		{DataOnNamedVolumes, descriptionOfData, remedyForData, (*check).dataOnNamedVolumes},
		{NoLocalLogs, "No folder of logs is mounted: logs are shipped to a logging service.",
			"log to stdout and stderr, and let a logging driver or a collector ship it", (*check).noLocalLogs},
		{NoSecretValues, descriptionOfSecret, remedyForSecrets, (*check).noSecretValues},
		{NoRawSecretFiles, "No secret comes from a raw file.",
			"let the platform's secret store or a secure environment variable hand it over (`secrets: NAME: environment: VARIABLE`)", (*check).noRawSecretFiles},
	},
}

// Rules lists the rules of a kind.
func Rules(kind Kind) []Rule { return slices.Clone(rules[kind]) }

// Check holds the project that the compose files make together against the
// rules of its kind. A project that does not load has no findings but its
// loader's error, a *model.LoadError. Nothing has to be at hand but the
// compose files: secrets and env files need not.
func Check(ctx context.Context, paths []string, kind Kind) ([]Finding, error) {
	if len(rules[kind]) == 0 {
		_, err := ParseKind(string(kind))
		return nil, err
	}
	project, err := model.Load(ctx, model.Options{Unresolved: true}, paths...)
	if err != nil {
		return nil, err
	}
	c := &check{project: project}
	for _, rule := range rules[kind] {
		c.rule = rule
		rule.check(c)
	}
	// The files in the order in which they were given, each from its top.
	slices.SortStableFunc(c.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(slices.Index(paths, a.File), slices.Index(paths, b.File)), cmp.Compare(a.Line, b.Line))
	})
	return c.findings, nil
}

// check is a project under check.
type check struct {
	project  *model.Project
	rule     Rule
	findings []Finding
}

// report records a finding at the last of the files that has such a place.
func (c *check) report(at place, service, format string, args ...any) {
	c.findings = append(c.findings, Finding{
		File: at.file, Line: at.line, Service: service, Rule: c.rule.ID,
		What: fmt.Sprintf(format, args...), Remedy: c.rule.Remedy,
	})
}

// services visits the project's services by name.
func (c *check) services(visit func(types.ServiceConfig)) {
	for _, name := range c.project.ServiceNames() {
		visit(c.project.Services[name])
	}
}
