package student

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// checkSupport returns why no session can be opened here, or nil.
func checkSupport() error {
	if os.Geteuid() == 0 {
		return errors.New("a student's session must not run as root: macOS has no mount namespaces that protect this machine from a lesson's commands; run this as an ordinary user")
	}
	for _, program := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Errorf("the student's terminal needs %s: %w", program, err)
		}
	}
	return nil
}

// isolate runs the command as the ordinary user, with another home directory.
func (s *Session) isolate(_ string, command []string) (*exec.Cmd, error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = s.Home
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	return cmd, nil
}

const isolationHelp = "the student's terminal needs bash and a pseudo-terminal"

// kill ends the shell and the foreground process, each with its group.
func (t *Terminal) kill() {
	if connection, err := t.file.SyscallConn(); err == nil {
		_ = connection.Control(func(fd uintptr) {
			if group, err := unix.IoctlGetInt(int(fd), unix.TIOCGPGRP); err == nil && group > 1 {
				_ = syscall.Kill(-group, syscall.SIGKILL)
			}
		})
	}
	_ = syscall.Kill(-t.cmd.Process.Pid, syscall.SIGKILL)
}
