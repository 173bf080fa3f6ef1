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

	. "github.com/onsi/ginkgo/v2"
)

// Dir is a folder of this machine, to be bind mounted.
type Dir struct {
	Path string
	box  *Box
}

// Dir makes a folder for bind mounts below the work folder. The spec is
// skipped where the engine does not see this machine's files.
func (b *Box) Dir(ctx context.Context) *Dir {
	GinkgoHelper()
	b.NeedsSharedFiles()
	return b.Folder(ctx)
}

// Folder makes a folder that is there for programs of this machine, such as
// the docker CLI: whether the engine sees it does not matter.
func (b *Box) Folder(context.Context) *Dir {
	GinkgoHelper()
	path := filepath.Join(b.run.WorkDir, b.Name("dir"))
	b.must(os.Mkdir(path, 0o755))
	b.tidy("folder "+path, func(ctx context.Context) error { return b.run.RemoveDir(ctx, path) })
	d := &Dir{Path: path, box: b}
	d.give("")
	return d
}

// At mounts the folder as `-v PATH:TARGET[:OPTIONS]` does.
func (d *Dir) At(target string, options ...string) Option { return bind(d.Path, target, options) }

// MountedAt mounts the folder as `--mount type=bind` does.
func (d *Dir) MountedAt(target string) Option {
	return mounted(engine.Mount{Type: "bind", Source: d.Path, Target: target})
}

// File is a file of the folder, to be mounted on its own.
func (d *Dir) File(name string) *Dir { return &Dir{Path: filepath.Join(d.Path, name), box: d.box} }

// Write writes a file of the folder in place, as `echo TEXT > NAME` does.
func (d *Dir) Write(name, text string) *Dir {
	GinkgoHelper()
	d.box.must(os.WriteFile(filepath.Join(d.Path, name), []byte(text), 0o644))
	d.give(name)
	d.box.did(evidence.Step{Did: fmt.Sprintf("on the host: write %q into %s", text, name), Saw: "done"})
	return d
}

// Replace replaces a file of the folder by a new one of that name, as many editors save.
func (d *Dir) Replace(name, text string) *Dir {
	GinkgoHelper()
	fresh := filepath.Join(d.Path, name+".new")
	d.box.must(os.WriteFile(fresh, []byte(text), 0o644))
	d.box.must(os.Rename(fresh, filepath.Join(d.Path, name)))
	d.give(name)
	d.box.did(evidence.Step{Did: fmt.Sprintf("on the host: replace %s by a file with %q", name, text), Saw: "done"})
	return d
}

// Read reads a file of the folder on the host; what is not there is an answer too.
func (d *Dir) Read(name string) Answer {
	GinkgoHelper()
	data, err := os.ReadFile(filepath.Join(d.Path, name))
	answer := Answer{Result: engine.Result{Stdout: string(data)}, Command: "on the host: read " + name}
	if errors.Is(err, fs.ErrNotExist) {
		answer.ExitCode, answer.Stderr = 2, err.Error()
	} else {
		d.box.must(err)
	}
	d.box.did(evidence.Step{Did: answer.Command, Saw: answer.String()})
	return answer
}
