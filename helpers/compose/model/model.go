// Package model reads compose projects with compose-go, the library that
// Docker Compose itself is made of, and tells where in the files things stand.
package model

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"
)

// Options say what to load, and how.
type Options struct {
	Name string   // of the project; empty: as Compose would name it
	Dir  string   // the project's folder; empty: the first file's
	Env  []string // NAME=VALUE, before the folder's .env; nil: this process's environment
	// Unresolved loads a project whose env_file files and required variables
	// (`${NAME:?}`) are not at hand: it is only read, never run.
	Unresolved bool
}

// Project is a loaded project with the text that it came from.
type Project struct {
	*types.Project
	Sources []*Source // the files, in the order in which they were merged
}

// LoadError is why a project does not load: compose-go's own message, and
// where in which file its cause stands.
type LoadError struct {
	File string
	Line int // 0 where the message cannot be traced to a line
	Err  error
}

// Error is "file:line: message".
func (e *LoadError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err)
}

// Unwrap gives compose-go's error.
func (e *LoadError) Unwrap() error { return e.Err }

// missing is compose-go's complaint about a required variable.
var missing = regexp.MustCompile(`required variable (\w+) is missing a value`)

// Placeholder stands for a variable that is required and not at hand, where a
// project is loaded unresolved.
const Placeholder = "unset"

// Load reads the project that the files make together. An error of the
// project itself is a *LoadError.
func Load(ctx context.Context, options Options, files ...string) (*Project, error) {
	if len(files) == 0 {
		return nil, fmt.Errorf("no compose file given")
	}
	if options.Dir == "" {
		options.Dir = filepath.Dir(files[0])
	}
	if options.Env == nil {
		options.Env = os.Environ()
	}
	project := &Project{}
	for _, file := range files {
		source, err := ReadSource(file)
		if err != nil {
			return nil, err
		}
		project.Sources = append(project.Sources, source)
	}
	for {
		loaded, err := load(ctx, options, files)
		if err == nil {
			project.Project = loaded
			return project, nil
		}
		name := missing.FindStringSubmatch(err.Error())
		if !options.Unresolved || name == nil || has(options.Env, name[1]+"="+Placeholder) {
			return nil, locate(project.Sources, err)
		}
		options.Env = append(options.Env[:len(options.Env):len(options.Env)], name[1]+"="+Placeholder)
	}
}

func load(ctx context.Context, options Options, files []string) (*types.Project, error) {
	// What compose-go logs, the real Compose says too, in its own words.
	defer quiet()()
	chosen := []cli.ProjectOptionsFn{
		cli.WithWorkingDirectory(options.Dir), cli.WithEnv(options.Env), cli.WithEnvFiles(), cli.WithDotEnv,
		cli.WithProfiles([]string{"*"}),
	}
	if options.Name != "" {
		chosen = append(chosen, cli.WithName(options.Name))
	} else {
		chosen = append(chosen, cli.WithName(folderName(options.Dir)))
	}
	if options.Unresolved {
		chosen = append(chosen, cli.WithoutEnvironmentResolution, cli.WithoutLabelsResolution)
	}
	made, err := cli.NewProjectOptions(files, chosen...)
	if err != nil {
		return nil, err
	}
	return made.LoadProject(ctx)
}

func quiet() (restore func()) {
	level := logrus.GetLevel()
	logrus.SetLevel(logrus.ErrorLevel)
	return func() { logrus.SetLevel(level) }
}

func has(list []string, wanted string) bool {
	for _, one := range list {
		if one == wanted {
			return true
		}
	}
	return false
}
