package images

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	qdrantimage "github.com/holdfast/holdfast/fixtures/images/qdrant"
)

// machines are Python's names of Go's architectures.
var machines = map[string]string{"amd64": "x86_64", "arm64": "aarch64"}

// ensureWheel returns the file of the pinned storage engine, fetched by pip
// from the index that it is configured for where the cache has none.
func (c *chain) ensureWheel(ctx context.Context, root *rootfs) (string, error) {
	engine, version := qdrantimage.Wheel()
	machine, ok := machines[root.Arch]
	if !ok {
		return "", next("%s %s has no wheel for %s", engine, version, root.Arch)
	}
	folder := filepath.Join(c.policy.Cache, "images", "wheels", fmt.Sprintf("%s-%s-%s", engine, version, machine))
	unlock, err := lock(ctx, c.policy.Cache, "wheel", folder)
	if err != nil {
		return "", err
	}
	defer unlock()
	if wheel := pinned(folder); wheel != "" {
		return wheel, nil
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", fmt.Errorf("making the cache of wheels: %w", err)
	}
	requirements := filepath.Join(folder, "requirements.txt")
	if err := os.WriteFile(requirements, []byte(qdrantimage.Requirements), 0o644); err != nil {
		return "", fmt.Errorf("saving what pip is to fetch: %w", err)
	}
	c.say.line("fetching %s %s with pip", engine, version)
	arguments := []string{"download", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--require-hashes",
		"--platform", "manylinux_2_28_" + machine, "--implementation", "cp", "--abi", "abi3", "--python-version", minor(root.version("python3")),
		"--dest", folder, "--requirement", requirements}
	tried := pipDownload(ctx, arguments)
	if errors.Is(tried, exec.ErrNotFound) {
		// The root file system has the pip that this machine lacks.
		c.say.line("no pip here: fetching with the one of %s", filepath.Base(root.Layer))
		tried = root.pip(ctx, folder, arguments)
	}
	if wheel := pinned(folder); wheel != "" {
		return wheel, nil
	}
	return "", next("%s %s, Qdrant's storage engine, could not be fetched: %v; install pip (apt-get install python3-pip), let it reach its index, or put the wheel for %s into %s",
		engine, version, tried, machine, folder)
}

// pinned finds the one wheel whose digest is accepted.
func pinned(folder string) string {
	wheels, _ := filepath.Glob(filepath.Join(escape(folder), "*.whl"))
	for _, wheel := range wheels {
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

// pipDownload runs this machine's pip; exec.ErrNotFound where it has none.
func pipDownload(ctx context.Context, arguments []string) error {
	for _, pip := range [][]string{{"python3", "-m", "pip"}, {"pip3"}, {"pip"}, {"python", "-m", "pip"}} {
		said, err := combined(exec.CommandContext(ctx, pip[0], append(slices.Clone(pip[1:]), arguments...)...))
		switch {
		case err == nil:
			return nil
		case errors.Is(err, exec.ErrNotFound), strings.Contains(said, "No module named pip"):
			continue
		}
		return fmt.Errorf("%s: %w: %s", strings.Join(pip, " "), err, lastLine(said))
	}
	return fmt.Errorf("pip: %w", exec.ErrNotFound)
}

// pip runs the root file system's own pip, with the folder as its place to save to.
func (r *rootfs) pip(ctx context.Context, folder string, arguments []string) error {
	root, err := os.MkdirTemp(folder, "root-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(root)
	if said, err := combined(exec.CommandContext(ctx, "tar", "-C", root, "-xf", r.Layer)); err != nil {
		return fmt.Errorf("unpacking %s: %w: %s", r.Layer, err, lastLine(said))
	}
	// It reaches the index as this machine does: its name servers, its authorities.
	for _, file := range []string{"/etc/resolv.conf", "/etc/hosts", "/etc/ssl/certs/ca-certificates.crt"} {
		if data, err := os.ReadFile(file); err == nil {
			_ = os.WriteFile(filepath.Join(root, file), data, 0o644)
		}
	}
	const save = "/tmp"
	inside := slices.Clone(arguments)
	for i, argument := range inside {
		if rest, ok := strings.CutPrefix(argument, folder); ok {
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
	if said, err := combined(command); err != nil {
		return fmt.Errorf("pip of the root file system: %w: %s", err, lastLine(said))
	}
	wheels, _ := filepath.Glob(filepath.Join(escape(root), save, "*.whl"))
	for _, wheel := range wheels {
		if err := os.Rename(wheel, filepath.Join(folder, filepath.Base(wheel))); err != nil {
			return err
		}
	}
	return nil
}

// combined runs a command, bounded by its context, and returns what it printed.
func combined(command *exec.Cmd) (string, error) {
	command.WaitDelay = 5 * time.Second
	said, err := command.CombinedOutput()
	return string(said), err
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
