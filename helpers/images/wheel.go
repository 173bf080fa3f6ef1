package images

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	qdrantimage "github.com/holdfast/holdfast/fixtures/images/qdrant"
)

// machines maps Go's architectures to Python's.
var machines = map[string]string{"amd64": "x86_64", "arm64": "aarch64"}

// ensureWheel returns the path of the pinned storage engine in the cache. If it
// is missing, pip downloads it from its configured index.
func (c *chain) ensureWheel(ctx context.Context, root *rootfs) (string, error) {
	engine, version := qdrantimage.Wheel()
	machine, ok := machines[root.Arch]
	if !ok {
		return "", next("%s %s has no wheel for %s", engine, version, root.Arch)
	}
	dir := filepath.Join(c.policy.Cache, "images", "wheels", fmt.Sprintf("%s-%s-%s", engine, version, machine))
	unlock, err := lock(ctx, c.policy.Cache, "wheel", dir)
	if err != nil {
		return "", err
	}
	defer unlock()
	if wheel := pinned(dir); wheel != "" {
		return wheel, nil
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("creating the wheel cache: %w", err)
	}
	requirements := filepath.Join(dir, "requirements.txt")
	if err := os.WriteFile(requirements, []byte(qdrantimage.Requirements), 0o644); err != nil {
		return "", fmt.Errorf("writing the requirements for pip: %w", err)
	}
	c.progress.line("downloading %s %s with pip", engine, version)
	arguments := []string{"download", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--require-hashes",
		"--platform", "manylinux_2_28_" + machine, "--implementation", "cp", "--abi", "abi3", "--python-version", minor(root.Versions["python3"]),
		"--dest", dir, "--requirement", requirements}
	tried := pipDownload(ctx, arguments)
	if errors.Is(tried, exec.ErrNotFound) {
		// This machine has no pip, the root file system has one.
		c.progress.line("no pip here: downloading with the pip of %s", filepath.Base(root.Layer))
		tried = root.pip(ctx, dir, arguments)
	}
	if wheel := pinned(dir); wheel != "" {
		return wheel, nil
	}
	return "", next("%s %s, Qdrant's storage engine, could not be downloaded: %v; install pip (apt-get install python3-pip), give it access to its index, or put the wheel for %s into %s",
		engine, version, tried, machine, dir)
}

// pinned returns the wheel in the directory whose digest is accepted, or "".
func pinned(dir string) string {
	for _, wheel := range wheels(dir) {
		file, err := os.Open(wheel)
		if err != nil {
			continue
		}
		hash := sha256.New()
		_, err = io.Copy(hash, file)
		file.Close()
		if err == nil && slices.Contains(qdrantimage.Digests(), fmt.Sprintf("%x", hash.Sum(nil))) {
			return wheel
		}
	}
	return ""
}

// pipDownload runs this machine's pip. The error is exec.ErrNotFound if it has none.
func pipDownload(ctx context.Context, arguments []string) error {
	for _, pip := range [][]string{{"python3", "-m", "pip"}, {"pip3"}, {"pip"}, {"python", "-m", "pip"}} {
		output, err := combined(exec.CommandContext(ctx, pip[0], append(slices.Clone(pip[1:]), arguments...)...))
		switch {
		case err == nil:
			return nil
		case errors.Is(err, exec.ErrNotFound), strings.Contains(output, "No module named pip"):
			continue
		}
		return fmt.Errorf("%s: %w: %s", strings.Join(pip, " "), err, lastLine(output))
	}
	return fmt.Errorf("pip: %w", exec.ErrNotFound)
}

// pip runs the root file system's own pip, which saves to dir.
func (r *rootfs) pip(ctx context.Context, dir string, arguments []string) error {
	root, err := os.MkdirTemp(dir, "root-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(root)
	if output, err := combined(exec.CommandContext(ctx, "tar", "-C", root, "-xf", r.Layer)); err != nil {
		return fmt.Errorf("unpacking %s: %w: %s", r.Layer, err, lastLine(output))
	}
	// It uses this machine's name servers and certificates.
	for _, file := range []string{"/etc/resolv.conf", "/etc/hosts", "/etc/ssl/certs/ca-certificates.crt"} {
		if data, err := os.ReadFile(file); err == nil {
			_ = os.WriteFile(filepath.Join(root, file), data, 0o644)
		}
	}
	const save = "/tmp"
	inside := slices.Clone(arguments)
	for i, argument := range inside {
		if rest, ok := strings.CutPrefix(argument, dir); ok {
			inside[i] = save + rest
		}
	}
	if err := os.WriteFile(filepath.Join(root, save, "requirements.txt"), []byte(qdrantimage.Requirements), 0o644); err != nil {
		return err
	}
	command := exec.CommandContext(ctx, "/usr/bin/python3", append([]string{"-m", "pip"}, inside...)...)
	if err := changeRoot(command, root); err != nil {
		return err
	}
	if output, err := combined(command); err != nil {
		return fmt.Errorf("pip of the root file system: %w: %s", err, lastLine(output))
	}
	for _, wheel := range wheels(filepath.Join(root, save)) {
		if err := os.Rename(wheel, filepath.Join(dir, filepath.Base(wheel))); err != nil {
			return err
		}
	}
	return nil
}

// wheels lists the wheels in a directory.
func wheels(dir string) (paths []string) {
	names, _ := fs.Glob(os.DirFS(dir), "*.whl") // the pattern is valid
	for _, name := range names {
		paths = append(paths, filepath.Join(dir, name))
	}
	return paths
}

// combined runs a command, bounded by its context, and returns its output.
func combined(command *exec.Cmd) (string, error) {
	command.WaitDelay = 5 * time.Second
	output, err := command.CombinedOutput()
	return string(output), err
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
