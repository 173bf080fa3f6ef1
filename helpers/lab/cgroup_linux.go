package lab

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// cgroupRoot is where every distribution mounts its cgroup hierarchies.
	cgroupRoot = "/sys/fs/cgroup"
	// cgroupPrefix begins the name of a machine's cgroup in every hierarchy.
	cgroupPrefix = "holdfast-lab-"
)

// hierarchies returns the writable cgroup hierarchies, relative to cgroupRoot:
// "." on a host with cgroup v2 only, else v1's controllers and v2's directory.
func hierarchies() ([]string, error) {
	if unified(cgroupRoot) {
		return []string{"."}, nil
	}
	entries, err := os.ReadDir(cgroupRoot)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, entry := range entries {
		dir := filepath.Join(cgroupRoot, entry.Name())
		if _, err := os.Stat(filepath.Join(dir, "cgroup.procs")); err == nil && entry.IsDir() && unix.Access(dir, unix.W_OK) == nil {
			found = append(found, entry.Name())
		}
	}
	return found, nil
}

// unified reports whether dir is a cgroup of version 2.
func unified(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "cgroup.controllers"))
	return err == nil
}

// makeCgroups creates the machine's cgroup in every hierarchy and returns those
// hierarchies. It skips one that refuses: engines run without it.
func makeCgroups(id string) ([]string, error) {
	all, err := hierarchies()
	if err != nil {
		return nil, err
	}
	var made []string
	for _, dir := range all {
		parent := filepath.Join(cgroupRoot, dir)
		own := filepath.Join(parent, cgroupPrefix+id)
		if unified(parent) {
			enableControllers(parent)
			own = filepath.Join(own, "init")
		}
		if err := os.MkdirAll(own, 0o755); err != nil {
			continue
		}
		if err := inheritCpuset(parent, own); err != nil {
			return nil, fmt.Errorf("assign processors to cgroup %s: %w", own, err)
		}
		made = append(made, dir)
	}
	return made, nil
}

// enableControllers makes controllers available to child cgroups. It writes one
// at a time, so that one refusal does not affect the others.
func enableControllers(dir string) {
	controllers, _ := os.ReadFile(filepath.Join(dir, "cgroup.controllers"))
	for name := range strings.FieldsSeq(string(controllers)) {
		_ = os.WriteFile(filepath.Join(dir, "cgroup.subtree_control"), []byte("+"+name), 0)
	}
}

// inheritCpuset copies the parent's cpuset: in version 1 a new one is empty,
// and no process can enter it.
func inheritCpuset(parent, own string) error {
	for _, name := range []string{"cpuset.cpus", "cpuset.mems"} {
		value, err := os.ReadFile(filepath.Join(parent, name))
		if errors.Is(err, fs.ErrNotExist) || len(strings.TrimSpace(string(value))) == 0 {
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(own, name), value, 0)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// removeCgroups removes the machine's cgroups. It retries, as a cgroup stays
// busy for a moment after its last process was killed.
func removeCgroups(ctx context.Context, id string) error {
	all, err := hierarchies()
	if err != nil {
		return err
	}
	return until(ctx, 20*time.Millisecond, func() error {
		var problems []error
		for _, dir := range all {
			problems = append(problems, removeCgroup(filepath.Join(cgroupRoot, dir, cgroupPrefix+id)))
		}
		return errors.Join(problems...)
	})
}

func removeCgroup(dir string) error {
	var problems []error
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		if entry.IsDir() {
			problems = append(problems, removeCgroup(filepath.Join(dir, entry.Name())))
		}
	}
	if err := os.Remove(dir); !errors.Is(err, fs.ErrNotExist) {
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

// orphanedCgroups returns the ids of machines of which only empty cgroups are
// left, because their cache was removed before a sweep. Live machines of other
// caches have processes or are younger than any start takes.
func orphanedCgroups() []string {
	all, _ := hierarchies()
	var ids, busy []string
	for _, hierarchy := range all {
		dirs, _ := filepath.Glob(filepath.Join(cgroupRoot, hierarchy, cgroupPrefix+"*"))
		for _, dir := range dirs {
			id := strings.TrimPrefix(filepath.Base(dir), cgroupPrefix)
			ids = append(ids, id)
			info, err := os.Stat(dir)
			if err != nil || time.Since(info.ModTime()) < 2*startLimit || populated(dir) {
				busy = append(busy, id)
			}
		}
	}
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return slices.Contains(busy, id) })
}

// populated reports whether a cgroup or one below it holds a process.
func populated(dir string) bool {
	found := false
	_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Name() == "cgroup.procs" {
			pids, _ := os.ReadFile(path)
			found = found || len(pids) > 0
		}
		return nil
	})
	return found
}
