package student

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// allowed returns what keeps a student from sitting down here.
func allowed() error {
	if os.Geteuid() == 0 {
		return errors.New("the student must not be root: macOS gives no view of the machine in which a lesson's commands can do no harm; run this as an ordinary user")
	}
	for _, program := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Errorf("the student's terminal needs %s: %w", program, err)
		}
	}
	return nil
}

// viewed runs the command as it is: an ordinary user's, with another home folder.
func (d *Desk) viewed(_ string, command []string) (*exec.Cmd, error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = d.Home
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	return cmd, nil
}

const viewHelp = "is bash here, and a pseudo-terminal to be had?"

// kill ends the shell and what runs in the foreground, each with its group.
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
