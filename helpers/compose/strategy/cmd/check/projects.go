package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/holdfast/holdfast/helpers/compose/model"
	"github.com/holdfast/holdfast/helpers/compose/strategy"
)

// requests returns a request for each project that the arguments name.
func (f *flags) requests(kind strategy.Kind) ([]strategy.Request, error) {
	env := f.chosen()
	var requests []strategy.Request
	var files []string
	for _, name := range f.args {
		info, err := os.Stat(name)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, name)
			continue
		}
		request, err := f.discovered(kind, name, env)
		if err != nil {
			return nil, err
		}
		requests = append(requests, request)
	}
	switch {
	case len(files) > 0 && len(requests) > 0:
		return nil, errors.New("name files of one project, or directories, and not both")
	case len(files) == 1:
		files = model.WithOverride(files[0])
	case len(f.args) == 0:
		request, err := f.here(kind, env)
		if err != nil {
			return nil, err
		}
		requests = append(requests, request)
	}
	if len(files) > 0 {
		requests = append(requests, strategy.Request{Kind: kind, Files: files, Dir: filepath.Dir(files[0]), Env: env, EnvFiles: f.envFiles})
	}
	for i := range requests {
		if err := f.complete(&requests[i]); err != nil {
			return nil, err
		}
	}
	return requests, nil
}

// chosen lists the variables that count: those of -env, and Compose's own ones.
func (f *flags) chosen() []string {
	env := []string{}
	for _, name := range []string{"COMPOSE_FILE", "COMPOSE_PATH_SEPARATOR", "COMPOSE_PROFILES"} {
		if value, set := os.LookupEnv(name); set && (name != "COMPOSE_FILE" || len(f.args) == 0) {
			env = append(env, name+"="+value)
		}
	}
	for _, pair := range f.env {
		if !strings.Contains(pair, "=") {
			value, set := os.LookupEnv(pair)
			if !set {
				continue
			}
			pair += "=" + value
		}
		env = append(env, pair)
	}
	return env
}

// here finds the project in the caller's directory or in the nearest one above.
func (f *flags) here(kind strategy.Kind, env []string) (strategy.Request, error) {
	at, err := os.Getwd()
	if err != nil {
		return strategy.Request{}, err
	}
	for dir := "."; ; dir = at {
		request, err := f.discovered(kind, dir, env)
		if !errors.Is(err, model.ErrNoComposeFile) || filepath.Dir(at) == at {
			return request, err
		}
		at = filepath.Dir(at)
	}
}

func (f *flags) discovered(kind strategy.Kind, dir string, env []string) (strategy.Request, error) {
	files, err := model.Discover(model.Options{Dir: dir, Env: env, EnvFiles: f.envFiles})
	return strategy.Request{Kind: kind, Files: files, Dir: dir, Env: env, EnvFiles: f.envFiles}, err
}

// complete adds profiles and configuration to a request.
func (f *flags) complete(request *strategy.Request) error {
	request.Profiles = f.profiles
	if len(f.profiles) == 0 {
		active, err := model.Profiles(model.Options{Dir: request.Dir, Env: request.Env, EnvFiles: request.EnvFiles})
		if err != nil {
			return err
		}
		request.Profiles = active
	}
	file := f.config
	if file == "" {
		var err error
		if file, err = strategy.FindConfig(request.Dir); err != nil || file == "" {
			return err
		}
	}
	config, err := strategy.ReadConfig(file)
	request.Config = config
	return err
}
