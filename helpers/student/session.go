package student

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Config describes a session.
type Config struct {
	Dir     string   // an empty directory for everything in the session; the engine must see it
	Engine  string   // the value of DOCKER_HOST
	Netns   string   // the network namespace where the engine publishes ports, if another
	Docker  []string // the docker CLI and its first arguments; see FindDocker
	Compose []string // likewise; nil for none
	Plugin  bool     // Compose is a plugin that this docker CLI finds by itself
	Env     []string // NAME=VALUE, in addition to the session's own environment
	Client  *http.Client
}

// Session is a student's session: a home directory and tools, with which any number
// of terminals can be opened.
//
// On Linux the terminals see this machine read-only, except for Home and a /tmp of
// their own. They have only the usual devices, a process namespace of their own and
// no capabilities, so that not even root can do harm. If that isolation fails, no
// terminal opens. macOS has no such isolation, so the student must be an ordinary
// user there.
type Session struct {
	Home   string
	config Config
	bin    string

	mutex     sync.Mutex
	terminals []*Terminal
	opened    int
}

// NewSession creates the home directory and the tools of a session.
func NewSession(config Config) (*Session, error) {
	if err := checkSupport(); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(config.Dir)
	if err != nil {
		return nil, err
	}
	config.Dir = dir
	s := &Session{Home: filepath.Join(dir, "home"), bin: filepath.Join(dir, "bin"), config: config}
	plugins := filepath.Join(s.Home, ".docker", "cli-plugins")
	for _, each := range []string{s.bin, plugins} {
		if err := os.MkdirAll(each, 0o755); err != nil {
			return nil, fmt.Errorf("creating the student's home directory: %w", err)
		}
	}
	if err := s.installTools(plugins); err != nil {
		return nil, fmt.Errorf("installing the student's tools: %w", err)
	}
	return s, nil
}

// installTools puts docker, docker-compose and `docker compose` into PATH.
func (s *Session) installTools(plugins string) error {
	var problems []error
	shim := func(name string, command []string) {
		if len(command) > 0 {
			text := "#!/bin/sh\nexec " + quoted(command) + " \"$@\"\n"
			problems = append(problems, os.WriteFile(filepath.Join(s.bin, name), []byte(text), 0o755))
		}
	}
	shim("docker", s.config.Docker)
	shim("docker-compose", s.config.Compose)
	if len(s.config.Compose) == 1 && !s.config.Plugin {
		problems = append(problems, os.Symlink(s.config.Compose[0], filepath.Join(plugins, "docker-compose")))
	}
	// The user's own plugins, which the new home directory would hide.
	if home, err := os.UserHomeDir(); err == nil {
		found, _ := filepath.Glob(filepath.Join(home, ".docker", "cli-plugins", "docker-*"))
		for _, plugin := range found {
			_ = os.Symlink(plugin, filepath.Join(plugins, filepath.Base(plugin))) // fails if ours is there
		}
	}
	return errors.Join(append(problems, os.WriteFile(filepath.Join(s.bin, "bashrc"), []byte(bashrc), 0o644))...)
}

func quoted(words []string) string {
	var out []string
	for _, word := range words {
		out = append(out, "'"+strings.ReplaceAll(word, "'", `'\''`)+"'")
	}
	return strings.Join(out, " ")
}

// bashrc marks the prompts with a random nonce for each terminal, so that no output
// can forge them.
const bashrc = `
__nonce=$STUDENT_NONCE
unset STUDENT_NONCE HISTFILE PROMPT_COMMAND
PS1='\[\e]777;'$__nonce';a;$?\a\]student@laptop:\w$ \[\e]777;'$__nonce';b;$?\a\]'
PS2='> \[\e]777;'$__nonce';c;0\a\]'
unset __nonce
`

// environment returns the student's environment. It inherits nothing.
func (s *Session) environment(nonce string) []string {
	env := []string{
		"HOME=" + s.Home, "USER=student", "LOGNAME=student", "SHELL=/bin/bash", "TERM=xterm-256color", "LANG=C.UTF-8",
		"PATH=" + s.bin + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"STUDENT_NONCE=" + nonce,
		// Advertisements would appear among the output.
		"DOCKER_CLI_HINTS=false", "COMPOSE_MENU=false", "BASH_SILENCE_DEPRECATION_WARNING=1",
	}
	if s.config.Engine != "" {
		env = append(env, "DOCKER_HOST="+s.config.Engine)
	}
	return append(env, s.config.Env...)
}

// readable returns the paths that isolation must not hide.
func (s *Session) readable() []string {
	paths := []string{s.bin}
	if path, ok := strings.CutPrefix(s.config.Engine, "unix://"); ok {
		// The directory, not the socket: a restarted engine creates another socket.
		if dir := filepath.Dir(path); dir == "/run" || dir == "/var/run" || dir == "/tmp" {
			paths = append(paths, path)
		} else {
			paths = append(paths, dir)
		}
	}
	for _, tool := range [][]string{s.config.Docker, s.config.Compose} {
		for _, word := range tool {
			if filepath.IsAbs(word) {
				paths = append(paths, word)
			}
		}
	}
	return paths
}

// Close ends every terminal and everything that runs in them.
func (s *Session) Close() error {
	s.mutex.Lock()
	terminals := s.terminals
	s.terminals = nil
	s.mutex.Unlock()
	var problems []error
	for _, t := range terminals {
		problems = append(problems, t.Close())
	}
	return errors.Join(problems...)
}
