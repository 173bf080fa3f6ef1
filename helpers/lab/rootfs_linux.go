package lab

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// rootfs is a release's cached root file system, held against removal.
type rootfs struct {
	dir     string // holds root, version and size
	version string
	lock    *flock.Flock // shared by every machine on it
}

func (r *rootfs) root() string { return filepath.Join(r.dir, "root") }

// rootfsPath names the cache by what goes into it: releases of the same suite
// and packages stand on one root file system, however they are started.
func (r Release) rootfsPath() (string, error) {
	parent, err := rootfsDir()
	return filepath.Join(parent, r.Suite+"-"+r.Packages[0]+"-"+r.contents()), err
}

// contents is a digest of all that mmdebstrap is told.
func (r Release) contents() string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(r.mmdebstrap(""), "\n"))))[:12]
}

// ensureRootfs returns the release's root file system, which it builds where
// the cache has none. However many want it at once, one builds.
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

// hold takes the shared lock and returns nothing where there is nothing to hold.
func hold(ctx context.Context, dir string, r Release, progress io.Writer) (*rootfs, error) {
	lock := flock.New(dir + ".lock")
	free, err := lock.TryRLock()
	if err == nil && !free {
		fmt.Fprintf(progress, "lab: another process is building the root file system of %s; waiting for it\n", r.Name)
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
	if err := removeCutOff(dir); err != nil {
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
	if err := r.describe(building); err != nil {
		return err
	}
	return os.Rename(building, dir)
}

// describe writes down what the cache is asked for later.
func (r Release) describe(building string) error {
	root := filepath.Join(building, "root")
	version, err := installedVersion(root, r.Packages[0])
	if err != nil {
		return err
	}
	size, err := diskUsage(root)
	if err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(filepath.Join(building, "version"), []byte(version+"\n"), 0o644),
		os.WriteFile(filepath.Join(building, "size"), []byte(strconv.FormatInt(size, 10)+"\n"), 0o644))
}

// installedVersion reads a package's version from the root's own records.
func installedVersion(root, name string) (string, error) {
	status, err := os.ReadFile(filepath.Join(root, "var/lib/dpkg/status"))
	if err != nil {
		return "", err
	}
	for stanza := range strings.SplitSeq(string(status), "\n\n") {
		if !strings.HasPrefix(stanza, "Package: "+name+"\n") {
			continue
		}
		for line := range strings.SplitSeq(stanza, "\n") {
			if version, found := strings.CutPrefix(line, "Version: "); found {
				return version, nil
			}
		}
	}
	return "", fmt.Errorf("%s is not among the packages of %s", name, root)
}

func diskUsage(dir string) (int64, error) {
	var total int64
	err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.Type().IsRegular() {
			info, err := entry.Info()
			if err != nil {
				return err
			}
			total += info.Size()
		}
		return nil
	})
	return total, err
}

// removeCutOff removes builds that ended before they were done. Only the
// holder of the exclusive lock may: nobody builds then.
func removeCutOff(dir string) error {
	rests, err := filepath.Glob(dir + ".building-*")
	for _, rest := range rests {
		err = errors.Join(err, os.RemoveAll(rest))
	}
	return err
}

// sweepBuilds removes the builds of every release that were cut off.
func sweepBuilds(progress io.Writer) error {
	parent, err := rootfsDir()
	if err != nil {
		return err
	}
	rests, err := filepath.Glob(filepath.Join(parent, "*.building-*"))
	problems := []error{err}
	for _, rest := range rests {
		dir, _, _ := strings.Cut(rest, ".building-")
		lock := flock.New(dir + ".lock")
		if free, err := lock.TryLock(); err != nil || !free {
			continue
		}
		fmt.Fprintf(progress, "lab: removing a root file system whose building was cut off: %s\n", filepath.Base(dir))
		problems = append(problems, removeCutOff(dir), lock.Close())
	}
	return errors.Join(problems...)
}
