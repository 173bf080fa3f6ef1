package student

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

//go:embed isolate.sh
var isolateScript string

// checkSupport returns why no session can be opened here, or nil.
func checkSupport() error {
	var missing []string
	for _, program := range []string{"bash", "curl", "mount", "umount", "pivot_root", "setpriv", "nsenter"} {
		if _, err := exec.LookPath(program); err != nil {
			missing = append(missing, program)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("the student's terminal needs %s; install with: apt-get install -y bash curl mount util-linux", strings.Join(missing, ", "))
	}
	return nil
}

// isolate wraps a command so that it sees this machine read-only. stage is a new
// directory for the root of its mount namespace.
func (s *Session) isolate(stage string, command []string) (*exec.Cmd, error) {
	script := filepath.Join(s.config.Dir, "bin", "isolate.sh")
	if err := os.WriteFile(script, []byte(isolateScript), 0o644); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(stage, 0o755); err != nil {
		return nil, err
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		return nil, err
	}
	args := append([]string{bash, script, stage, s.Home}, s.readable()...)
	args = append(append(args, "--"), command...)
	if s.config.Netns != "" {
		args = append([]string{"nsenter", "--net=" + s.config.Netns, "--"}, args...)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWIPC,
		// The process namespace ends with its first process, and that with us.
		Pdeathsig: syscall.SIGKILL,
	}
	if uid, gid := os.Getuid(), os.Getgid(); uid != 0 {
		cmd.SysProcAttr.Cloneflags |= unix.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: uid, HostID: uid, Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: gid, HostID: gid, Size: 1}}
		cmd.SysProcAttr.AmbientCaps = []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_SETPCAP, unix.CAP_SYS_CHROOT}
	}
	return cmd, nil
}

const isolationHelp = "the student's terminal needs mount and process namespaces, so that no command can harm this machine: run this as root, " +
	"as a user who may create user namespaces, or in a container with --privileged"

// kill ends everything in the terminal's process namespace.
func (t *Terminal) kill() { _ = t.cmd.Process.Kill() }
