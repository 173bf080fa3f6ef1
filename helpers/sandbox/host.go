package sandbox

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/holdfast/holdfast/helpers/evidence"

	. "github.com/onsi/ginkgo/v2"
)

// Mkdir makes a folder in the folder.
func (d *Dir) Mkdir(name string) *Dir {
	GinkgoHelper()
	d.box.must(os.Mkdir(filepath.Join(d.Path, name), 0o755))
	d.give(name)
	d.box.did(evidence.Step{Did: "on the host: make the folder " + name, Saw: "done"})
	return d
}

// Remove removes a file or an empty folder of the folder.
func (d *Dir) Remove(name string) *Dir {
	GinkgoHelper()
	d.box.must(os.Remove(filepath.Join(d.Path, name)))
	d.box.did(evidence.Step{Did: "on the host: remove " + name, Saw: "done"})
	return d
}

// WorldWritable lets every user write to the folder and what is in it: where the
// engine maps users, a container's root is not the one who made them.
func (d *Dir) WorldWritable() *Dir {
	GinkgoHelper()
	d.box.must(filepath.WalkDir(d.Path, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.Chmod(path, 0o777)
		}
		return os.Chmod(path, 0o666)
	}))
	d.box.did(evidence.Step{Did: "on the host: let everybody write to " + d.Path, Saw: "done"})
	return d
}

// List lists the entries of the folder, one a line, sorted.
func (d *Dir) List() string {
	GinkgoHelper()
	entries, err := os.ReadDir(d.Path)
	d.box.must(err)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	listed := strings.Join(names, "\n")
	d.box.did(evidence.Step{Did: "on the host: list " + d.Path, Saw: fmt.Sprintf("%q", listed)})
	return listed
}

// State is all that a container could have changed in the folder: mode, time
// of change and text of whatever is in it, by its path.
func (d *Dir) State() map[string]string {
	GinkgoHelper()
	state := map[string]string{}
	d.box.must(filepath.WalkDir(d.Path, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		var data []byte
		if info.Mode().IsRegular() {
			if data, err = os.ReadFile(path); err != nil {
				return err
			}
		}
		name, err := filepath.Rel(d.Path, path)
		state[name] = fmt.Sprintf("%s %s %q", info.Mode(), info.ModTime(), data)
		return err
	}))
	d.box.did(evidence.Step{Did: "on the host: look at all of " + d.Path, Saw: fmt.Sprint(state)})
	return state
}

// Inode is the folder's own number on the host; false where the engine's
// kernel is not this machine's, and numbers files in its own way.
func (d *Dir) Inode() (uint64, bool) {
	GinkgoHelper()
	if runtime.GOOS != "linux" || d.box.Facts().Desktop {
		return 0, false
	}
	number, err := inode(d.Path)
	d.box.must(err)
	d.box.did(evidence.Step{Did: "on the host: stat " + d.Path, Saw: fmt.Sprintf("inode %d", number)})
	return number, true
}
