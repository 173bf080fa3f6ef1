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

// Place is what a desk is made of.
type Place struct {
	Dir     string   // an empty folder below which all is made; the engine must see it
	Engine  string   // for DOCKER_HOST
	Netns   string   // where the engine publishes ports, if not here
	Docker  []string // the docker CLI and the arguments that come first; see FindDocker
	Compose []string // likewise; nil for none
	Plugin  bool     // Compose is a plugin of this docker CLI, found without help
	Env     []string // NAME=VALUE, beyond what every student has
	Client  *http.Client
}

// Desk is where a student sits: a home folder and tools of her own, with which
// any number of terminals can be opened.
//
// On Linux the terminals see this machine through a view in which all is
// read-only but Home and a /tmp of their own, with the usual devices only, in a
// process namespace of their own and without any capability: not even root could
// do harm. Where that view cannot be made, no terminal opens. On macOS, which
// has no such thing, the student must be an ordinary user.
type Desk struct {
	Home  string
	place Place
	bin   string

	mutex     sync.Mutex
	terminals []*Terminal
	opened    int
}

// Sit makes a desk.
func Sit(place Place) (*Desk, error) {
	if err := allowed(); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(place.Dir)
	if err != nil {
		return nil, err
	}
	place.Dir = dir
	d := &Desk{Home: filepath.Join(dir, "home"), bin: filepath.Join(dir, "bin"), place: place}
	plugins := filepath.Join(d.Home, ".docker", "cli-plugins")
	for _, each := range []string{d.bin, plugins} {
		if err := os.MkdirAll(each, 0o755); err != nil {
			return nil, fmt.Errorf("making the student's desk: %w", err)
		}
	}
	if err := d.tools(plugins); err != nil {
		return nil, fmt.Errorf("laying out the student's tools: %w", err)
	}
	return d, nil
}

// tools puts docker, docker-compose and `docker compose` where the student finds them.
func (d *Desk) tools(plugins string) error {
	var problems []error
	shim := func(path string, command []string) {
		problems = append(problems, os.WriteFile(path, []byte("#!/bin/sh\nexec "+quoted(command)+" \"$@\"\n"), 0o755))
	}
	if len(d.place.Docker) > 0 {
		shim(filepath.Join(d.bin, "docker"), d.place.Docker)
	}
	if len(d.place.Compose) > 0 {
		shim(filepath.Join(d.bin, "docker-compose"), d.place.Compose)
	}
	if len(d.place.Compose) == 1 && !d.place.Plugin {
		problems = append(problems, os.Symlink(d.place.Compose[0], filepath.Join(plugins, "docker-compose")))
	}
	// The plugins that the user has in the home folder, which is another now.
	if home, err := os.UserHomeDir(); err == nil {
		found, _ := filepath.Glob(filepath.Join(home, ".docker", "cli-plugins", "docker-*"))
		for _, plugin := range found {
			_ = os.Symlink(plugin, filepath.Join(plugins, filepath.Base(plugin))) // one that is there already is ours
		}
	}
	return errors.Join(append(problems, os.WriteFile(filepath.Join(d.bin, "bashrc"), []byte(bashrc), 0o644))...)
}

func quoted(words []string) string {
	var out []string
	for _, word := range words {
		out = append(out, "'"+strings.ReplaceAll(word, "'", `'\''`)+"'")
	}
	return strings.Join(out, " ")
}

// bashrc makes the prompts, with marks that no output can forge: their nonce is
// drawn for each terminal.
const bashrc = `
__nonce=$STUDENT_NONCE
unset STUDENT_NONCE HISTFILE PROMPT_COMMAND
PS1='\[\e]777;'$__nonce';a;$?\a\]student@laptop:\w$ \[\e]777;'$__nonce';b;$?\a\]'
PS2='> \[\e]777;'$__nonce';c;0\a\]'
unset __nonce
`

// environment is the student's: nothing of this process's but the language.
func (d *Desk) environment(nonce string) []string {
	env := []string{
		"HOME=" + d.Home, "USER=student", "LOGNAME=student", "SHELL=/bin/bash", "TERM=xterm-256color", "LANG=C.UTF-8",
		"PATH=" + d.bin + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"STUDENT_NONCE=" + nonce,
		// What only advertises would stand between the student's lines.
		"DOCKER_CLI_HINTS=false", "COMPOSE_MENU=false", "BASH_SILENCE_DEPRECATION_WARNING=1",
	}
	if d.place.Engine != "" {
		env = append(env, "DOCKER_HOST="+d.place.Engine)
	}
	return append(env, d.place.Env...)
}

// reads are the places that the view must not cover.
func (d *Desk) reads() []string {
	reads := []string{d.bin}
	if path, ok := strings.CutPrefix(d.place.Engine, "unix://"); ok {
		// The folder, not the socket: an engine that restarts makes another socket.
		if dir := filepath.Dir(path); dir == "/run" || dir == "/var/run" || dir == "/tmp" {
			reads = append(reads, path)
		} else {
			reads = append(reads, dir)
		}
	}
	for _, tool := range [][]string{d.place.Docker, d.place.Compose} {
		for _, word := range tool {
			if filepath.IsAbs(word) {
				reads = append(reads, word)
			}
		}
	}
	return reads
}

// Leave ends every terminal and all that runs in them.
func (d *Desk) Leave() error {
	d.mutex.Lock()
	terminals := d.terminals
	d.terminals = nil
	d.mutex.Unlock()
	var problems []error
	for _, t := range terminals {
		problems = append(problems, t.Close())
	}
	return errors.Join(problems...)
}
