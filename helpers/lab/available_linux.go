package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/holdfast/holdfast/helpers/nested"
)

// requirements are the programs and files that the lab needs on the host, and
// the Debian packages that provide them.
var requirements = []struct{ name, pkg string }{
	{"mmdebstrap", "mmdebstrap"},
	{"slirp4netns", "slirp4netns"},
	{"unshare", "util-linux"},
	{"pivot_root", "util-linux"},
	{"mount", "mount"},
	{"/usr/share/keyrings/debian-archive-keyring.*", "debian-archive-keyring"},
}

// Available returns nil if this host can run lab engines. Its error names what
// is missing and the command that installs it.
func Available() error {
	if os.Geteuid() != 0 {
		return errors.New("the lab needs root to create namespaces and mounts: run this as root or with sudo")
	}
	if names, packages := missing(); len(names) > 0 {
		return fmt.Errorf("the lab needs %s, not found on this host; install with: apt-get install -y %s",
			strings.Join(names, ", "), strings.Join(packages, " "))
	}
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		return fmt.Errorf("the lab needs /dev/net/tun for outbound network access: %w; try: modprobe tun", err)
	}
	return tryNamespaces()
}

// missing returns the requirements that this host does not meet, and their packages.
func missing() (names, packages []string) {
	for _, each := range requirements {
		if present(each.name) {
			continue
		}
		names = append(names, strings.TrimSuffix(each.name, ".*"))
		if !slices.Contains(packages, each.pkg) {
			packages = append(packages, each.pkg)
		}
	}
	return names, packages
}

func present(name string) bool {
	if filepath.IsAbs(name) {
		found, _ := filepath.Glob(name)
		return len(found) > 0
	}
	_, err := exec.LookPath(name)
	return err == nil
}

// tryNamespaces checks for permissions that root may lack inside a container.
func tryNamespaces() error {
	try := exec.Command("mount", "--make-rprivate", "/")
	try.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC,
	}
	if output, err := try.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot create namespaces and mounts: %w %s; if this is a container, run it with --privileged",
			err, strings.TrimSpace(string(output)))
	}
	return nil
}

// Prepare installs missing requirements if this is Debian or a derivative and
// the caller is root, and reports that on progress. It returns Available's error.
func Prepare(ctx context.Context, progress io.Writer) error {
	_, packages := missing()
	if os.Geteuid() != 0 || len(packages) == 0 || !debian() {
		return Available()
	}
	install := append([]string{"apt-get", "install", "-y", "--no-install-recommends"}, packages...)
	fmt.Fprintf(progress, "lab: installing %s: %s\n", strings.Join(packages, ", "), strings.Join(install, " "))
	for _, command := range [][]string{{"apt-get", "update"}, install} {
		cmd := exec.CommandContext(ctx, command[0], command[1:]...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		output, err := cmd.CombinedOutput()
		// If update fails, the present package lists may still suffice.
		if err != nil && command[1] == "install" {
			return fmt.Errorf("%s: %w; last lines of its output:\n%s", strings.Join(command, " "), err, nested.LastLines(string(output), 8))
		}
	}
	return Available()
}

var debianID = regexp.MustCompile(`(?m)^ID(_LIKE)?=.*\bdebian\b`)

// debian reports whether this is Debian or a derivative.
func debian() bool {
	release, err := os.ReadFile("/etc/os-release")
	return err == nil && debianID.Match(release) && present("apt-get")
}
