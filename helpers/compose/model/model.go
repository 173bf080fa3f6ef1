// Package model reads Compose projects with compose-go, the library that
// Docker Compose itself is made of, and finds where in the files things stand.
package model

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"
)

// Options choose how a project is loaded.
type Options struct {
	Name     string   // of the project; empty: as Compose would name it
	Dir      string   // the project directory; empty: the first file's
	Env      []string // NAME=VALUE, before the env files; nil: this process's environment
	EnvFiles []string // empty: the project directory's .env
	Profiles []string // the active ones; nil: all
	// Unresolved loads a project that is only read, never run: env_file files
	// need not be there, and a variable that is not set becomes a placeholder.
	Unresolved bool
}

// Project is a loaded project with the text that it came from.
type Project struct {
	*types.Project
	Sources []*Source // the given files, then those that they include or extend

	files []*file
}

// Layers finds the definitions of a service, a volume or another named
// element of a section (`services`, `volumes`, ...) by precedence.
func (p *Project) Layers(section, name string) []Layer {
	return layers(p.files, section, name)
}

// LoadError is compose-go's error for a project, with the file and the line of
// its cause.
type LoadError struct {
	File  string
	Line  int // 0 where the message cannot be traced to a line
	Err   error
	Unset []string // the unset variables that it depends on: Compose may accept the project
}

// Error is "file:line: message".
func (e *LoadError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err)
}

// Unwrap returns compose-go's error.
func (e *LoadError) Unwrap() error { return e.Err }

// Load reads the project that the files make together. An error of the
// project itself is a *LoadError. The same files give the same error each time.
func Load(ctx context.Context, options Options, files ...string) (*Project, error) {
	if len(files) == 0 {
		return nil, errors.New("no compose file given")
	}
	if options.Dir == "" {
		options.Dir = filepath.Dir(files[0])
	}
	environment, err := environment(options)
	if err != nil {
		return nil, &LoadError{File: filepath.Join(options.Dir, ".env"), Err: err}
	}
	read := &reader{lookup: environment.Resolve, read: map[string]*Source{}}
	project := &Project{}
	for _, name := range files {
		opened, err := read.open(name, options.Dir, nil, true)
		if err != nil {
			return nil, err
		}
		project.files = append(project.files, opened)
	}
	project.Sources = sources(project.files, read.read)
	if len(read.errors) > 0 {
		return nil, read.errors[0]
	}
	if failed := unextendable(project.files); failed != nil {
		return nil, failed
	}
	// The real Compose prints what compose-go logs.
	defer quiet()()
	load := &load{options: options, environment: environment, sources: project.Sources}
	project.Project, err = load.files(ctx, files)
	if err != nil {
		return nil, load.diagnose(ctx, files, err)
	}
	return project, nil
}

// environment reads the env files after the chosen variables, as Compose does.
func environment(options Options) (types.Mapping, error) {
	if options.Env == nil {
		options.Env = os.Environ()
	}
	chosen, err := cli.NewProjectOptions(nil, cli.WithWorkingDirectory(options.Dir), cli.WithEnv(options.Env),
		cli.WithEnvFiles(options.EnvFiles...), cli.WithDotEnv)
	if err != nil {
		return nil, err
	}
	return chosen.Environment, nil
}

// sources lists the given files, and then the others by name.
func sources(given []*file, all map[string]*Source) []*Source {
	var listed []*Source
	for _, one := range given {
		if !slices.Contains(listed, one.Source) {
			listed = append(listed, one.Source)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !slices.Contains(listed, all[name]) {
			listed = append(listed, all[name])
		}
	}
	return listed
}

// load loads a project with compose-go.
type load struct {
	options     Options
	environment types.Mapping
	sources     []*Source
}

// undeclared matches compose-go's error for a name that is not declared.
var undeclared = regexp.MustCompile(`refers to undefined (?:build )?(volume|network|secret|config|model) ([^\s:]+)`)

// files loads the project. A placeholder may replace a name that is declared, so
// it is declared for the time of loading.
func (l *load) files(ctx context.Context, names []string) (*types.Project, error) {
	declared := map[string]any{}
	for tries := 0; ; tries++ {
		var given []types.ConfigFile
		for _, name := range names {
			at := slices.IndexFunc(l.sources, func(s *Source) bool { return s.File == name })
			given = append(given, types.ConfigFile{Filename: name, Content: l.sources[at].Text})
		}
		if len(declared) > 0 {
			given = append(given, types.ConfigFile{Filename: names[0], Config: declared})
		}
		project, err := l.configs(ctx, given)
		if err == nil {
			return project, nil
		}
		found := undeclared.FindStringSubmatch(err.Error())
		if found == nil || !IsUnset(found[2]) || tries > 100 {
			return nil, err
		}
		declared = declaring(declared, found[1]+"s", found[2])
	}
}

// declaring copies a configuration and declares one more name.
func declaring(declared map[string]any, section, name string) map[string]any {
	copied := map[string]any{}
	for key, value := range declared {
		copied[key] = maps.Clone(value.(map[string]any))
	}
	if copied[section] == nil {
		copied[section] = map[string]any{}
	}
	copied[section].(map[string]any)[name] = map[string]any{"external": true}
	return copied
}

// configs loads files with compose-go. Its loader panics for a few projects, as
// one with an include and an empty `services:`; that is an error here.
func (l *load) configs(ctx context.Context, files []types.ConfigFile) (project *types.Project, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			project, err = nil, fmt.Errorf("compose-go cannot load the project: %v", fault)
		}
	}()
	dir, err := filepath.Abs(l.options.Dir)
	if err != nil {
		return nil, err
	}
	details := types.ConfigDetails{WorkingDir: dir, Environment: l.environment.Clone(), ConfigFiles: files}
	project, err = loader.LoadWithContext(ctx, details, func(o *loader.Options) {
		o.SetProjectName(cmp.Or(l.options.Name, directoryName(dir)), true)
		o.Profiles = l.options.Profiles
		if o.Profiles == nil {
			o.Profiles = []string{"*"}
		}
		o.SkipResolveEnvironment, o.SkipResolveLabels = l.options.Unresolved, l.options.Unresolved
		if l.options.Unresolved {
			tolerate(o)
		}
	})
	return project, ordered(err)
}

// quiet silences compose-go's log until it is restored.
func quiet() (restore func()) {
	level := logrus.GetLevel()
	logrus.SetLevel(logrus.ErrorLevel)
	return func() { logrus.SetLevel(level) }
}

// directoryName returns the project name that Compose derives from a directory.
func directoryName(dir string) string {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		absolute = dir
	}
	if name := loader.NormalizeProjectName(filepath.Base(absolute)); name != "" {
		return name
	}
	return "project"
}

// Expand replaces the variables of a text of the project's files as the loader does.
func (p *Project) Expand(text string) string {
	expanded, err := substitute(text, p.Environment.Resolve)
	if err != nil {
		return text
	}
	return expanded
}
