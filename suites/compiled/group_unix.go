//go:build unix

package compiled

import (
	"os/exec"
	"syscall"
)

// InterruptGroup interrupts the command and its descendants when the command's
// context ends, as Ctrl-C does on a terminal: the go command does not pass an
// interrupt on to the tool that it runs.
func InterruptGroup(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGINT) }
}
