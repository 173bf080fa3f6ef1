//go:build !linux && !darwin

package student

import (
	"errors"
	"os/exec"
	"runtime"
)

var errNoTerminal = errors.New("no pseudo-terminal with bash on " + runtime.GOOS + ": lessons are walked on Linux and macOS only; on Windows use WSL 2")

func checkSupport() error { return errNoTerminal }

func (s *Session) isolate(string, []string) (*exec.Cmd, error) { return nil, errNoTerminal }

const isolationHelp = ""

func (t *Terminal) kill() {}
