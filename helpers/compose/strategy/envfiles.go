package strategy

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/compose/model"
)

// envFiles finds secrets in env files that are committed: those of `env_file`,
// and .env beside the project.
func (c *check) envFiles() {
	type use struct {
		file     string
		services []string
	}
	var uses []use
	add := func(file, service string) {
		i := slices.IndexFunc(uses, func(u use) bool { return u.file == file })
		if i < 0 {
			uses = append(uses, use{file: file})
			i = len(uses) - 1
		}
		if service != "" && !slices.Contains(uses[i].services, service) {
			uses[i].services = append(uses[i].services, service)
		}
	}
	for _, s := range c.services {
		for _, file := range s.EnvFiles {
			add(file.Path, s.Name)
		}
	}
	add(filepath.Join(c.project.WorkingDir, ".env"), "")
	for _, u := range uses {
		text, err := os.ReadFile(u.file)
		if err != nil || !c.committed(u.file) {
			continue
		}
		for i, line := range strings.Split(string(text), "\n") {
			name, value, is := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
			if !is || strings.HasPrefix(name, "#") {
				continue
			}
			if how := c.leaks(strings.TrimSpace(name), unquoted(value)); how != "" {
				c.found(place{c.display(u.file), i + 1}, nil, remedyEnvFile, "%s hard-coded in a committed env file: %s", how, strings.TrimSpace(name))
				c.findings[len(c.findings)-1].Services = u.services
			}
		}
	}
}

// unquoted returns the value of an env file's line without quotes and comment.
func unquoted(value string) string {
	value = strings.TrimSpace(value)
	for _, quote := range []string{`"`, "'"} {
		if rest, quoted := strings.CutPrefix(value, quote); quoted {
			value, _, _ = strings.Cut(rest, quote)
			return value
		}
	}
	if strings.HasPrefix(value, "#") {
		return ""
	}
	value, _, _ = strings.Cut(value, " #")
	return strings.TrimSpace(value)
}

// committed reports whether Git tracks a file. Outside a repository, or without
// Git, every file but .env counts as committed.
func (c *check) committed(file string) bool {
	ctx, stop := context.WithTimeout(c.ctx, 5*time.Second)
	defer stop()
	git := exec.CommandContext(ctx, "git", "ls-files", "--", filepath.Base(file))
	git.Dir = filepath.Dir(file)
	listed, err := git.Output()
	if err != nil {
		return filepath.Base(file) != ".env" && model.Printable(file) == file
	}
	return strings.TrimSpace(string(listed)) != ""
}

// display returns a file's name in the form of the compose files' names:
// relative where those are.
func (c *check) display(file string) string {
	first := c.project.Sources[0].File
	if filepath.IsAbs(first) {
		return file
	}
	here, err := os.Getwd()
	if err != nil {
		return file
	}
	if relative, err := filepath.Rel(here, file); err == nil {
		return relative
	}
	return file
}
