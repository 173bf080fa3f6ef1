package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/holdfast/holdfast/helpers/nested"
)

// builtPlace comes before the packages' folders in an engine's PATH.
const builtPlace = "usr/local/sbin"

// built is what of a release was built from source.
type built struct {
	version  string
	programs []string
}

// programs are those that the release has built.
func (r Release) programs() (all []nested.Program) {
	if r.Build == nil {
		return nil
	}
	for _, each := range r.Build.Programs {
		all = append(all, nested.Program{
			Name: path.Base(each) + " of " + r.Build.Module, Folder: r.Build.Folder, Module: r.Build.Module, Package: path.Join(r.Build.Module, each),
			Linked: r.Build.Linked, As: r.Build.As, Cache: filepath.Join("lab", "built", r.Name), File: path.Base(each), Takes: r.Build.Takes,
		})
	}
	return all
}

// ensureBuilt returns the release's programs, built where the cache has none.
func (r Release) ensureBuilt(ctx context.Context, progress io.Writer) (b built, err error) {
	for _, program := range r.programs() {
		path, err := program.Ensure(ctx, ours{progress})
		if err != nil {
			return b, fmt.Errorf("cannot build %s for %s: %w; does the Go toolchain reach its module proxy (GOPROXY)?", program.Name, r.Name, err)
		}
		version, err := program.Version(ctx)
		if err != nil {
			return b, err
		}
		b.version, b.programs = strings.TrimPrefix(version, "v"), append(b.programs, path)
	}
	return b, nil
}

// install puts the programs into a root, as links: they are never written to.
func (b built) install(root string) error {
	folder := filepath.Join(root, builtPlace)
	for _, program := range b.programs {
		target := filepath.Join(folder, filepath.Base(program))
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		if os.Link(program, target) == nil {
			continue // else the cache's folders are on several file systems
		}
		if err := copyProgram(program, target); err != nil {
			return err
		}
	}
	return nil
}

func copyProgram(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}

// countBuilt adds what was built to what is listed of a release.
func (l *Listed) countBuilt() error {
	for _, program := range l.programs() {
		path, there, err := program.Cached(context.Background())
		if err != nil {
			return err
		}
		version, err := program.Version(context.Background())
		if err != nil {
			return err
		}
		l.Came = strings.TrimPrefix(version, "v")
		info, err := os.Stat(path)
		if l.Cached = l.Cached && there && err == nil; l.Cached {
			l.Bytes += info.Size()
		}
	}
	return nil
}

// ours marks each line as the lab's.
type ours struct{ io.Writer }

func (o ours) Write(line []byte) (int, error) {
	if _, err := o.Writer.Write(append([]byte("lab: "), line...)); err != nil {
		return 0, err
	}
	return len(line), nil
}
