//go:build unix

package compiled

import (
	"os/exec"
	"syscall"
)

// Together makes the end of the command's context an interrupt of the command
// and of all that it has started, as Ctrl-C is at a terminal: the go command
// keeps an interrupt that only it gets from the tool that it runs.
func Together(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGINT) }
}
