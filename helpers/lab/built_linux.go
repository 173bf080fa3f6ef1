package lab

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/holdfast/holdfast/helpers/nested"
)

// builtDir precedes the directories of packaged programs in an engine's PATH.
const builtDir = "usr/local/sbin"

// built holds the programs of a release that were built from source.
type built struct {
	version  string
	programs []string
}

// programs returns what the release builds from source.
func (r Release) programs() (all []nested.Program) {
	if r.Build == nil {
		return nil
	}
	for _, each := range r.Build.Programs {
		all = append(all, nested.Program{
			Name: path.Base(each) + " of " + r.Build.Module, Dir: r.Build.Folder, Module: r.Build.Module, Package: path.Join(r.Build.Module, each),
			Linked: r.Build.Linked, As: r.Build.As, Cache: filepath.Join("lab", "built", r.Name), File: path.Base(each), Takes: r.Build.Takes,
		})
	}
	return all
}

// ensureBuilt builds the release's programs unless they are cached.
func (r Release) ensureBuilt(ctx context.Context, progress io.Writer) (b built, err error) {
	for _, program := range r.programs() {
		path, err := program.Ensure(ctx, prefixed{progress})
		if err != nil {
			return b, fmt.Errorf("cannot build %s for %s: %w; check that the Go module proxy (GOPROXY) is reachable", program.Name, r.Name, err)
		}
		version, err := program.Version()
		if err != nil {
			return b, err
		}
		b.version, b.programs = strings.TrimPrefix(version, "v"), append(b.programs, path)
	}
	return b, nil
}

// install adds the programs to a root: as links, or as copies if the cache
// spans several file systems.
func (b built) install(root string) error {
	dir := filepath.Join(root, builtDir)
	for _, program := range b.programs {
		target := filepath.Join(dir, filepath.Base(program))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		if os.Link(program, target) == nil {
			continue
		}
		if output, err := exec.Command("cp", program, target).CombinedOutput(); err != nil {
			return fmt.Errorf("copy %s to %s: %w %s", program, target, err, output)
		}
	}
	return nil
}

// addBuilt adds the programs built from source to a release's listing.
func (l *Listed) addBuilt() error {
	for _, program := range l.programs() {
		path, cached, err := program.Cached()
		if err != nil {
			return err
		}
		version, err := program.Version()
		if err != nil {
			return err
		}
		l.Version = strings.TrimPrefix(version, "v")
		info, err := os.Stat(path)
		if l.Cached = l.Cached && cached && err == nil; l.Cached {
			l.Bytes += info.Size()
		}
	}
	return nil
}

// prefixed marks each line as the lab's.
type prefixed struct{ io.Writer }

func (p prefixed) Write(line []byte) (int, error) {
	_, err := fmt.Fprintf(p.Writer, "lab: %s", line)
	return len(line), err
}
