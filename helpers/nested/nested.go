// Package nested builds programs from modules nested in this one, which keep the
// programs' dependencies apart from Holdfast's. Each program is built once, with
// the Go toolchain, into the cache.
package nested

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/holdfast/holdfast/helpers/settings"
)

// buildTimeout bounds a build and the download of its sources.
const buildTimeout = 20 * time.Minute

// ErrNoMeans is wrapped by the error of a program that this machine cannot build,
// because it has no clone of Holdfast or no Go toolchain.
var ErrNoMeans = errors.New("it takes Go and a clone of Holdfast to build it")

// Program is a program in a nested module.
type Program struct {
	// Name is the program's name for people.
	Name string
	// Dir is the nested module's directory, relative to the root of Holdfast's.
	Dir string
	// Module is the module whose pinned version is the program's version.
	Module string
	// Package is the main package of that module.
	Package string
	// Linked is the variable that holds the version, and As its value, with %s for
	// the version.
	Linked, As string
	// Cache is the program's directory in the cache, and File its file name.
	Cache, File string
	// Takes is how long a build takes, for people.
	Takes string
}

// Version returns the version that the nested module pins, such as "v1.2.3".
func (p Program) Version() (string, error) {
	dir, err := p.find()
	if err != nil {
		return "", err
	}
	return p.pinned(dir)
}

// Cached returns the program's path in the cache and whether it exists.
func (p Program) Cached() (path string, exists bool, err error) {
	version, err := p.Version()
	if err != nil {
		return "", false, err
	}
	path = filepath.Join(settings.CacheDir(), p.Cache, version+"-"+runtime.GOOS+"-"+runtime.GOARCH, p.File)
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	return path, isFile(path), nil
}

// Ensure returns the program's path, and builds it if the cache has none. Of
// several concurrent processes, one builds.
func (p Program) Ensure(ctx context.Context, progress io.Writer) (string, error) {
	path, exists, err := p.Cached()
	if err != nil || exists {
		return path, err
	}
	ctx, cancel := context.WithTimeout(ctx, buildTimeout)
	defer cancel()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	lock := flock.New(path + ".lock")
	if free, err := lock.TryLock(); err != nil {
		return "", err
	} else if !free {
		fmt.Fprintf(progress, "Waiting for another process to build %s.\n", p.Name)
		if _, err := lock.TryLockContext(ctx, 100*time.Millisecond); err != nil {
			return "", fmt.Errorf("waiting for another process to build %s: %w", p.Name, err)
		}
	}
	defer func() { _ = lock.Unlock() }()
	if isFile(path) {
		return path, nil
	}
	return path, p.build(ctx, path, progress)
}

// build compiles to a temporary file and renames it, so that path is always complete.
func (p Program) build(ctx context.Context, path string, progress io.Writer) error {
	dir, err := p.find()
	if err != nil {
		return err
	}
	version, err := p.pinned(dir)
	if err != nil {
		return err
	}
	if _, err := exec.LookPath("go"); err != nil {
		return fmt.Errorf("%w: %w", ErrNoMeans, err)
	}
	began, number := time.Now(), strings.TrimPrefix(version, "v")
	fmt.Fprintf(progress, "Building %s %s from source, once (%s; later runs reuse it).\n", p.Name, number, p.Takes)
	fresh := path + ".new"
	defer os.Remove(fresh)
	flags := "-s -w"
	if p.Linked != "" {
		flags += " -X " + p.Linked + "=" + fmt.Sprintf(p.As, version)
	}
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags="+flags, "-o", fresh, p.Package)
	command.Dir = dir
	command.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off", "CGO_ENABLED=0", "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
	command.WaitDelay = 5 * time.Second
	stop := heartbeat(progress, p.Name, began)
	output, err := command.CombinedOutput()
	stop()
	if err != nil {
		return fmt.Errorf("`%s` in %s: %w\n%s", strings.Join(command.Args, " "), dir, errors.Join(err, ctx.Err()), LastLines(string(output), 15))
	}
	if err := os.Rename(fresh, path); err != nil {
		return err
	}
	fmt.Fprintf(progress, "Built %s %s in %.0f s.\n", p.Name, number, time.Since(began).Seconds())
	return nil
}

// find returns the directory of the nested module. It cannot be embedded
// (go:embed stops at module boundaries), so find looks relative to this source
// file, then in the module of the current directory.
func (p Program) find() (string, error) {
	var tried []string
	look := func(root string) (string, bool) {
		dir := filepath.Join(root, filepath.FromSlash(p.Dir))
		tried = append(tried, dir)
		return dir, isFile(filepath.Join(dir, "go.mod"))
	}
	if _, here, _, ok := runtime.Caller(0); ok && filepath.IsAbs(here) {
		if dir, found := look(filepath.Join(filepath.Dir(here), "..", "..")); found {
			return dir, nil
		}
	}
	// With -trimpath, the name of a source file is not a path.
	root, err := settings.Root()
	if err == nil {
		if dir, found := look(root); found {
			return dir, nil
		}
	}
	return "", errors.Join(fmt.Errorf("its module was not found (looked in %s): run this from a clone of Holdfast: %w", strings.Join(tried, ", "), ErrNoMeans), err)
}

// pinned reads the pinned version from go.mod.
func (p Program) pinned(dir string) (string, error) {
	file := filepath.Join(dir, "go.mod")
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	found := regexp.MustCompile(`(?m)^\s*(?:require )?` + regexp.QuoteMeta(p.Module) + ` (v\S+)`).FindSubmatch(text)
	if found == nil {
		return "", fmt.Errorf("%s pins no version of %s", file, p.Module)
	}
	return string(found[1]), nil
}

func isFile(path string) bool {
	found, err := os.Stat(path)
	return err == nil && found.Mode().IsRegular()
}
