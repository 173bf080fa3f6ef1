package lab

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gofrs/flock"
)

// List returns every release with what the cache holds of it.
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
		entry := Listed{Release: r}
		if version, err := os.ReadFile(filepath.Join(dir, "version")); err == nil {
			entry.Cached, entry.Came = true, strings.TrimSpace(string(version))
			size, _ := os.ReadFile(filepath.Join(dir, "size"))
			entry.Bytes, _ = strconv.ParseInt(strings.TrimSpace(string(size)), 10, 64)
			if err := entry.countBuilt(); err != nil {
				return nil, err
			}
		}
		all = append(all, entry)
	}
	return all, nil
}

// CleanCache removes the cached root file systems, of other versions of the
// releases too, but for those that a live machine stands on, and what was built.
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
		fmt.Fprintln(progress, "lab: removing what was built from source")
		problems = append(problems, os.RemoveAll(built)) // machines have links of their own
	}
	return errors.Join(problems...)
}

func cleanRootfs(dir string, progress io.Writer) error {
	name := filepath.Base(dir)
	lock := flock.New(dir + ".lock")
	if free, err := lock.TryLock(); err != nil || !free {
		fmt.Fprintf(progress, "lab: keeping the root file system %s: it is in use\n", name)
		return err
	}
	defer lock.Close()
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	fmt.Fprintf(progress, "lab: removing the root file system %s\n", name)
	// Renamed first: a removal that is cut off must not leave half a cache.
	condemned := dir + ".building-condemned"
	if err := os.Rename(dir, condemned); err != nil {
		return err
	}
	return os.RemoveAll(condemned)
}
