package lab

import (
	"bufio"
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

// cgroupRoot is where every distribution mounts its cgroup hierarchies.
const cgroupRoot = "/sys/fs/cgroup"

// cgroupPrefix begins the name of a machine's cgroup, in every hierarchy.
const cgroupPrefix = "holdfast-lab-"

// hierarchy is one mounted tree of cgroups.
type hierarchy struct {
	dir     string // below cgroupRoot; "." where there is only the second version
	unified bool   // of the second version
}

// hierarchies reads which trees there are that can be written to.
func hierarchies() ([]hierarchy, error) {
	file, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var found []hierarchy
	for lines := bufio.NewScanner(file); lines.Scan(); {
		mount, kind, _ := strings.Cut(lines.Text(), " - ")
		fields, kinds := strings.Fields(mount), strings.Fields(kind)
		if len(fields) < 6 || len(kinds) < 1 || !strings.HasPrefix(kinds[0], "cgroup") {
			continue
		}
		dir, err := filepath.Rel(cgroupRoot, fields[4])
		if err != nil || strings.HasPrefix(dir, "..") || unix.Access(fields[4], unix.W_OK) != nil {
			continue
		}
		found = append(found, hierarchy{dir, kinds[0] == "cgroup2"})
	}
	return slices.CompactFunc(found, func(a, b hierarchy) bool { return a.dir == b.dir }), nil
}

// makeCgroups makes the machine's cgroup in every hierarchy and returns those
// hierarchies. What cannot be made is left out: engines run without it.
func makeCgroups(id string) ([]string, error) {
	all, err := hierarchies()
	if err != nil {
		return nil, err
	}
	var made []string
	for _, h := range all {
		parent := filepath.Join(cgroupRoot, h.dir)
		own := filepath.Join(parent, cgroupPrefix+id)
		if h.unified {
			enableControllers(parent)
			own = filepath.Join(own, "init")
		}
		if err := os.MkdirAll(own, 0o755); err != nil {
			continue
		}
		if err := inheritCpuset(parent, own); err != nil {
			return nil, fmt.Errorf("give cgroup %s its processors: %w", own, err)
		}
		made = append(made, h.dir)
	}
	return made, nil
}

// enableControllers offers the tree's controllers to its children, as engines
// do; each alone, for one that is refused must not hold back the others.
func enableControllers(dir string) {
	controllers, _ := os.ReadFile(filepath.Join(dir, "cgroup.controllers"))
	for _, name := range strings.Fields(string(controllers)) {
		_ = os.WriteFile(filepath.Join(dir, "cgroup.subtree_control"), []byte("+"+name), 0)
	}
}

// inheritCpuset fills what the first version leaves empty in a new cpuset: no
// process can enter it before.
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

// removeCgroups removes the machine's cgroups with everything below them. A
// cgroup stays busy for a moment after its last process was killed.
func removeCgroups(ctx context.Context, id string) error {
	all, err := hierarchies()
	if err != nil {
		return err
	}
	return until(ctx, 20*time.Millisecond, func() error {
		var problems []error
		for _, h := range all {
			problems = append(problems, removeCgroup(filepath.Join(cgroupRoot, h.dir, cgroupPrefix+id)))
		}
		return errors.Join(problems...)
	})
}

func removeCgroup(dir string) error {
	var dirs []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			dirs = append(dirs, path)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	for _, each := range slices.Backward(dirs) {
		if gone := os.Remove(each); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	return err
}

// strayCgroups returns the ids of machines that nothing but empty cgroups is
// left of: their cache was removed before they could be swept. A live machine
// of another cache has processes, or is younger than any start takes.
func strayCgroups() []string {
	all, _ := hierarchies()
	var ids, busy []string
	for _, h := range all {
		dirs, _ := filepath.Glob(filepath.Join(cgroupRoot, h.dir, cgroupPrefix+"*"))
		for _, dir := range dirs {
			id := strings.TrimPrefix(filepath.Base(dir), cgroupPrefix)
			ids = append(ids, id)
			if young(dir, 2*startLimit) || populated(dir) {
				busy = append(busy, id)
			}
		}
	}
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return slices.Contains(busy, id) })
}

func young(dir string, age time.Duration) bool {
	info, err := os.Stat(dir)
	return err != nil || time.Since(info.ModTime()) < age
}

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
