package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/probe"

	. "github.com/onsi/ginkgo/v2"
)

// Dir is a directory of this machine, to be bind mounted.
type Dir struct {
	Path string
	box  *Box
}

// Dir creates a directory for bind mounts in the work directory. The spec is
// skipped if the engine does not see this machine's files.
func (b *Box) Dir(ctx context.Context) *Dir {
	GinkgoHelper()
	b.NeedsSharedFiles()
	return b.LocalDir(ctx)
}

// LocalDir is Dir for programs of this machine, such as the docker CLI, whether
// the engine sees the directory or not.
func (b *Box) LocalDir(context.Context) *Dir {
	GinkgoHelper()
	d := &Dir{Path: filepath.Join(b.run.WorkDir, b.Name("dir")), box: b}
	b.must(os.Mkdir(d.Path, 0o755))
	b.Cleanup("directory "+d.Path, func(ctx context.Context) error { return b.run.RemoveDir(ctx, d.Path) })
	d.chown("")
	return d
}

// At mounts the directory as `-v PATH:TARGET[:OPTIONS]` does.
func (d *Dir) At(target string, options ...string) Option { return bind(d.Path, target, options) }

// File returns a file of the directory, to be mounted by itself.
func (d *Dir) File(name string) *Dir { return &Dir{Path: d.path(name), box: d.box} }

func (d *Dir) path(name string) string { return filepath.Join(d.Path, name) }

// did records a step on the host, given as the command that would do the same.
func (d *Dir) did(err error, saw string, words ...string) *Dir {
	GinkgoHelper()
	d.box.step(err, evidence.Step{Did: evidence.Command(words...), Saw: saw})
	return d
}

// Write writes a file in place, as `printf TEXT > NAME` does.
func (d *Dir) Write(name, text string) *Dir {
	GinkgoHelper()
	err := os.WriteFile(d.path(name), []byte(text), 0o644)
	d.box.step(err, evidence.Step{Did: evidence.Command("printf", "%s", text) + " > " + evidence.Command(d.path(name)), Saw: "done"})
	return d.chown(name)
}

// Replace replaces a file by a new one of the same name, as many editors do on save.
func (d *Dir) Replace(name, text string) *Dir {
	GinkgoHelper()
	d.Write(name+".new", text)
	return d.did(os.Rename(d.path(name+".new"), d.path(name)), "done", "mv", d.path(name+".new"), d.path(name))
}

// Read reads a file on the host. A missing file is an answer, with exit code 2.
func (d *Dir) Read(name string) Answer {
	GinkgoHelper()
	data, err := os.ReadFile(d.path(name))
	answer := Answer{Result: engine.Result{Stdout: string(data)}, Command: evidence.Command("cat", d.path(name))}
	if errors.Is(err, fs.ErrNotExist) {
		answer.ExitCode, answer.Stderr, err = int(probe.ENOENT), err.Error(), nil
	}
	d.box.step(err, evidence.Step{Did: answer.Command, Saw: answer.String()})
	return answer
}

// Copy copies files, such as a project of the fixtures, into the directory.
func (d *Dir) Copy(files fs.FS) *Dir {
	GinkgoHelper()
	d.box.step(os.CopyFS(d.Path, files), evidence.Step{Did: fmt.Sprintf("API: os.CopyFS(%q, the project's files)", d.Path), Saw: "done"})
	return d.chown("")
}

// Mkdir creates a directory in the directory.
func (d *Dir) Mkdir(name string) *Dir {
	GinkgoHelper()
	d.did(os.Mkdir(d.path(name), 0o755), "done", "mkdir", d.path(name))
	return d.chown(name)
}

// Remove removes a file or an empty directory.
func (d *Dir) Remove(name string) *Dir {
	GinkgoHelper()
	return d.did(os.Remove(d.path(name)), "done", "rm", "-d", d.path(name))
}

// WorldWritable lets every user write to the directory and its files: where the
// engine maps users, a container's root is not the user who created them.
func (d *Dir) WorldWritable() *Dir {
	GinkgoHelper()
	err := filepath.WalkDir(d.Path, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.Chmod(path, 0o777)
		}
		return os.Chmod(path, 0o666)
	})
	return d.did(err, "done", "chmod", "-R", "a+rwX", d.Path)
}

// State returns everything that a container could have changed in the
// directory: mode, modification time and content of each entry, by its path.
func (d *Dir) State() map[string]string {
	GinkgoHelper()
	state := map[string]string{}
	err := filepath.WalkDir(d.Path, func(path string, entry fs.DirEntry, err error) error {
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
	})
	d.did(err, fmt.Sprint(state), "find", d.Path, "-ls", "-type", "f", "-exec", "cat", "{}", "+")
	return state
}

// chown gives a file or directory to the user of a rootless engine, as if that
// user had created it.
func (d *Dir) chown(name string) *Dir {
	GinkgoHelper()
	user := d.box.run.FileOwner
	if user == 0 {
		return d
	}
	d.box.must(filepath.WalkDir(d.path(name), func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, user, -1)
	}))
	return d
}
