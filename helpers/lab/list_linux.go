package lab

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// List returns every release and its state in the cache.
func List() ([]Listed, error) {
	releases, err := Releases()
	if err != nil {
		return nil, err
	}
	var all []Listed
	for _, r := range releases {
		dir, err := r.rootfsPath()
		if err != nil {
			return nil, err
		}
		entry := Listed{Release: r, Unsupported: r.supported()}
		if version, err := os.ReadFile(filepath.Join(dir, "version")); err == nil {
			entry.Cached, entry.Version = true, strings.TrimSpace(string(version))
			size, _ := os.ReadFile(filepath.Join(dir, "size"))
			_, _ = fmt.Sscan(string(size), &entry.Bytes)
			if err := entry.addBuilt(); err != nil {
				return nil, err
			}
		}
		all = append(all, entry)
	}
	return all, nil
}

// CleanCache removes cached root file systems, also of former versions of the
// releases, and programs built from source. It keeps those in use.
func CleanCache(progress io.Writer) error {
	parent, err := rootfsDir()
	if err != nil {
		return err
	}
	locks, err := filepath.Glob(filepath.Join(parent, "*.lock"))
	problems := []error{err}
	for _, name := range locks {
		problems = append(problems, cleanRootfs(strings.TrimSuffix(name, ".lock"), progress))
	}
	built := filepath.Join(filepath.Dir(parent), "built")
	if _, err := os.Stat(built); err == nil {
		fmt.Fprintln(progress, "lab: removing programs built from source")
		problems = append(problems, os.RemoveAll(built)) // machines have links of their own
	}
	return errors.Join(problems...)
}

func cleanRootfs(dir string, progress io.Writer) error {
	name := filepath.Base(dir)
	lock := flock.New(dir + ".lock")
	if free, err := lock.TryLock(); err != nil || !free {
		fmt.Fprintf(progress, "lab: keeping root file system %s: it is in use\n", name)
		return err
	}
	defer lock.Close()
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	fmt.Fprintf(progress, "lab: removing root file system %s\n", name)
	// Renamed first, so that an interrupted removal does not leave half a cache.
	condemned := dir + ".building-condemned"
	if err := os.Rename(dir, condemned); err != nil {
		return err
	}
	return os.RemoveAll(condemned)
}
