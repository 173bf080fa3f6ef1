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

//go:embed view.sh
var viewScript string

// allowed returns what keeps a student from sitting down here.
func allowed() error {
	var missing []string
	for _, program := range []string{"bash", "curl", "mount", "umount", "pivot_root", "setpriv", "nsenter"} {
		if _, err := exec.LookPath(program); err != nil {
			missing = append(missing, program)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("the student's terminal needs %s, which this machine lacks; install with: apt-get install -y bash curl mount util-linux",
			strings.Join(missing, ", "))
	}
	return nil
}

// viewed wraps a command into the student's view of this machine.
func (d *Desk) viewed(stage string, command []string) (*exec.Cmd, error) {
	script := filepath.Join(d.place.Dir, "bin", "view.sh")
	if err := os.WriteFile(script, []byte(viewScript), 0o644); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(stage, 0o755); err != nil {
		return nil, err
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		return nil, err
	}
	args := append([]string{bash, script, stage, d.Home}, d.reads()...)
	args = append(append(args, "--"), command...)
	if d.place.Netns != "" {
		args = append([]string{"nsenter", "--net=" + d.place.Netns, "--"}, args...)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWIPC,
		// The whole process namespace ends with its first process, and that with us.
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

const viewHelp = "the student's terminal needs mount and process namespaces, so that nothing typed can harm this machine: run this as root, " +
	"as a user who may make user namespaces, or in a container with --privileged"

// kill ends everything that runs in the terminal: its process namespace.
func (t *Terminal) kill() { _ = t.cmd.Process.Kill() }
