package lab

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// needs are the programs and files of the lab with the packages that bring them.
var needs = []struct{ what, pkg string }{
	{"mmdebstrap", "mmdebstrap"},
	{"slirp4netns", "slirp4netns"},
	{"unshare", "util-linux"},
	{"pivot_root", "util-linux"},
	{"mount", "mount"},
	{"/usr/share/keyrings/debian-archive-keyring.*", "debian-archive-keyring"},
}

// Available returns nil where a machine can be started here, else an error that
// names what is missing and the command that installs it.
func Available() error {
	if os.Geteuid() != 0 {
		return errors.New("the lab needs root, to make namespaces and mounts: run this with sudo, or as root")
	}
	if missing, packages := lacking(); len(missing) > 0 {
		return fmt.Errorf("the lab needs %s, which this machine lacks; install with: apt-get install -y %s",
			strings.Join(missing, ", "), strings.Join(packages, " "))
	}
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		return fmt.Errorf("the lab needs /dev/net/tun for its network: %w; try: modprobe tun", err)
	}
	return namespaces()
}

func lacking() (missing, packages []string) {
	for _, need := range needs {
		if present(need.what) {
			continue
		}
		missing = append(missing, strings.TrimSuffix(need.what, ".*"))
		if !slices.Contains(packages, need.pkg) {
			packages = append(packages, need.pkg)
		}
	}
	return missing, packages
}

func present(what string) bool {
	if filepath.IsAbs(what) {
		found, _ := filepath.Glob(what)
		return len(found) > 0
	}
	_, err := exec.LookPath(what)
	return err == nil
}

// namespaces tries what root may still be refused, inside a container say.
func namespaces() error {
	try := exec.Command("mount", "--make-rprivate", "/")
	try.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC,
	}
	if output, err := try.CombinedOutput(); err != nil {
		return fmt.Errorf("the lab needs root to make namespaces and mounts, which is refused here: %w %s; in a container, run it with --privileged",
			err, strings.TrimSpace(string(output)))
	}
	return nil
}

// Prepare installs what the lab lacks, as root on Debian and what derives from
// it, and says so on progress. Elsewhere it returns what Available does.
func Prepare(ctx context.Context, progress io.Writer) error {
	_, packages := lacking()
	if os.Geteuid() != 0 || len(packages) == 0 || !debian() {
		return Available()
	}
	install := append([]string{"apt-get", "install", "-y", "--no-install-recommends"}, packages...)
	fmt.Fprintf(progress, "lab: this machine lacks %s; running: %s\n", strings.Join(packages, ", "), strings.Join(install, " "))
	for _, command := range [][]string{{"apt-get", "update"}, install} {
		cmd := exec.CommandContext(ctx, command[0], command[1:]...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		output, err := cmd.CombinedOutput()
		// A list that cannot be refreshed may still name what is needed.
		if err != nil && command[1] == "install" {
			return fmt.Errorf("%s: %w; its last lines:\n%s", strings.Join(command, " "), err, tail(string(output), 8))
		}
	}
	return Available()
}

// debian tells whether this is Debian or derives from it.
func debian() bool {
	release, err := os.Open("/etc/os-release")
	if err != nil || !present("apt-get") {
		return false
	}
	defer release.Close()
	for lines := bufio.NewScanner(release); lines.Scan(); {
		key, value, _ := strings.Cut(lines.Text(), "=")
		if (key == "ID" || key == "ID_LIKE") && slices.Contains(strings.Fields(strings.Trim(value, `"'`)), "debian") {
			return true
		}
	}
	return false
}
