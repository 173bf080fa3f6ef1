package model

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
)

// ErrNoComposeFile reports a directory in which Compose finds no project.
var ErrNoComposeFile = errors.New("there is no compose file")

// Discover returns the files that `docker compose` would read in a directory
// where none is named: those of COMPOSE_FILE, else the first default name
// with its override file. Options.Env and the env files may set COMPOSE_FILE.
func Discover(options Options) ([]string, error) {
	environment, err := environment(options)
	if err != nil {
		return nil, err
	}
	if listed := environment["COMPOSE_FILE"]; listed != "" {
		separator := cmp.Or(environment["COMPOSE_PATH_SEPARATOR"], string(os.PathListSeparator))
		var files []string
		for _, name := range strings.Split(listed, separator) {
			if !filepath.IsAbs(name) {
				name = filepath.Join(options.Dir, name)
			}
			files = append(files, name)
		}
		return files, nil
	}
	first := existing(options.Dir, cli.DefaultFileNames)
	if first == "" {
		return nil, fmt.Errorf("%w in %s: Compose looks for %s", ErrNoComposeFile, options.Dir, strings.Join(cli.DefaultFileNames, ", "))
	}
	return WithOverride(first), nil
}

// WithOverride adds the override file that Compose reads with a file of a
// default name.
func WithOverride(file string) []string {
	if slices.Contains(cli.DefaultFileNames, filepath.Base(file)) && file == existing(filepath.Dir(file), cli.DefaultFileNames) {
		if override := existing(filepath.Dir(file), cli.DefaultOverrideFileNames); override != "" {
			return []string{file, override}
		}
	}
	return []string{file}
}

// Profiles returns the profiles that COMPOSE_PROFILES activates.
func Profiles(options Options) ([]string, error) {
	environment, err := environment(options)
	active := []string{}
	for _, profile := range strings.Split(environment["COMPOSE_PROFILES"], ",") {
		if profile = strings.TrimSpace(profile); profile != "" {
			active = append(active, profile)
		}
	}
	return active, err
}

// existing returns the first of the names that a directory holds.
func existing(dir string, names []string) string {
	for _, name := range names {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && !info.IsDir() {
			return filepath.Join(dir, name)
		}
	}
	return ""
}
