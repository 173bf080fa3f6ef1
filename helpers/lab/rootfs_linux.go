package lab

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
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// rootfs is a release's cached root file system, locked against removal.
type rootfs struct {
	dir     string // holds root, version and size
	version string
	lock    *flock.Flock // shared by all machines that use it
}

func (r *rootfs) root() string { return filepath.Join(r.dir, "root") }

// rootfsPath returns the cache directory, named after the contents: releases with
// the same suite and packages share one root file system.
func (r Release) rootfsPath() (string, error) {
	parent, err := rootfsDir()
	return filepath.Join(parent, r.Suite+"-"+r.Packages[0]+"-"+r.contents()), err
}

// contents returns a digest of mmdebstrap's arguments.
func (r Release) contents() string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(r.mmdebstrap(""), "\n"))))[:12]
}

// ensureRootfs returns the release's root file system and builds it unless it is
// cached. Of several concurrent callers, one builds.
func (r Release) ensureRootfs(ctx context.Context, progress io.Writer) (*rootfs, error) {
	dir, err := r.rootfsPath()
	if err != nil {
		return nil, err
	}
	for {
		if held, err := hold(ctx, dir, r, progress); held != nil || err != nil {
			return held, err
		}
		if err := r.build(ctx, dir, progress); err != nil {
			return nil, err
		}
	}
}

// hold takes the shared lock. It returns nil if the cache has no such root.
func hold(ctx context.Context, dir string, r Release, progress io.Writer) (*rootfs, error) {
	lock := flock.New(dir + ".lock")
	free, err := lock.TryRLock()
	if err == nil && !free {
		fmt.Fprintf(progress, "lab: waiting for another process that builds the root file system of %s\n", r.Name)
		_, err = lock.TryRLockContext(ctx, 100*time.Millisecond)
	}
	if err != nil {
		return nil, fmt.Errorf("hold the root file system %s: %w", dir, err)
	}
	version, err := os.ReadFile(filepath.Join(dir, "version"))
	if err == nil {
		return &rootfs{dir, strings.TrimSpace(string(version)), lock}, nil
	}
	if closed := lock.Close(); !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(err, closed)
	}
	return nil, nil
}

// build makes the root file system under the exclusive lock.
func (r Release) build(ctx context.Context, dir string, progress io.Writer) error {
	lock := flock.New(dir + ".lock")
	if _, err := lock.TryLockContext(ctx, 100*time.Millisecond); err != nil {
		return fmt.Errorf("lock the root file system %s: %w", dir, err)
	}
	defer lock.Close()
	if _, err := os.Stat(dir); err == nil {
		return nil // another process was first
	}
	if err := removeInterrupted(dir); err != nil {
		return err
	}
	building, err := os.MkdirTemp(filepath.Dir(dir), filepath.Base(dir)+".building-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(building)
	if err := os.Chmod(building, 0o755); err != nil {
		return err
	}
	if err := r.bootstrap(ctx, filepath.Join(building, "root"), progress); err != nil {
		return err
	}
	if r.VM != nil {
		if err := makeDisk(ctx, building); err != nil {
			return err
		}
	}
	if err := r.describe(building); err != nil {
		return err
	}
	return os.Rename(building, dir)
}

// describe writes the files version and size, which List and Start read.
func (r Release) describe(building string) error {
	root := filepath.Join(building, "root")
	version, err := installedVersion(root, r.Packages[0])
	if err != nil {
		return err
	}
	size, err := exec.Command("du", "--summarize", "--bytes", root).Output()
	if err != nil {
		return fmt.Errorf("measure %s with du: %w", root, err)
	}
	return errors.Join(
		os.WriteFile(filepath.Join(building, "version"), []byte(version+"\n"), 0o644),
		os.WriteFile(filepath.Join(building, "size"), size, 0o644))
}

// installedVersion reads a package's version from the root's dpkg status.
func installedVersion(root, name string) (string, error) {
	status, err := os.ReadFile(filepath.Join(root, "var/lib/dpkg/status"))
	if err != nil {
		return "", err
	}
	_, stanza, _ := strings.Cut("\n"+string(status), "\nPackage: "+name+"\n")
	stanza, _, _ = strings.Cut(stanza, "\n\n")
	_, version, found := strings.Cut("\n"+stanza, "\nVersion: ")
	if !found {
		return "", fmt.Errorf("package %s is not installed in %s", name, root)
	}
	version, _, _ = strings.Cut(version, "\n")
	return version, nil
}

// removeInterrupted removes interrupted builds. The caller holds the exclusive lock.
func removeInterrupted(dir string) error {
	leftovers, err := filepath.Glob(dir + ".building-*")
	for _, leftover := range leftovers {
		err = errors.Join(err, os.RemoveAll(leftover))
	}
	return err
}

// sweepBuilds removes interrupted builds of all releases.
func sweepBuilds(progress io.Writer) error {
	parent, err := rootfsDir()
	if err != nil {
		return err
	}
	leftovers, err := filepath.Glob(filepath.Join(parent, "*.building-*"))
	problems := []error{err}
	for _, leftover := range leftovers {
		dir, _, _ := strings.Cut(leftover, ".building-")
		lock := flock.New(dir + ".lock")
		if free, err := lock.TryLock(); err != nil || !free {
			continue
		}
		fmt.Fprintf(progress, "lab: removing an interrupted build of root file system %s\n", filepath.Base(dir))
		problems = append(problems, removeInterrupted(dir), lock.Close())
	}
	return errors.Join(problems...)
}
