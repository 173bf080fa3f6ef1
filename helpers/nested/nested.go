// Package nested builds programs of modules that stand within this one: pinned
// there, so that nothing of them reaches Holdfast's own dependencies, and built
// once, with the Go toolchain, into the cache.
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

// building bounds a build, the download of its sources included.
const building = 20 * time.Minute

// Program is a program of a nested module.
type Program struct {
	// Name is what people call it.
	Name string
	// Folder is the nested module's, from the top of Holdfast's.
	Folder string
	// Module is the one whose pinned version is the program's.
	Module string
	// Package is what is built, of that module.
	Package string
	// Linked is the variable that is told the version, and As what it is told,
	// with %s for the version.
	Linked, As string
	// Cache is the folder in the cache, and File the program's name there.
	Cache, File string
	// Takes says how long a build takes.
	Takes string
}

// Version is the version that the nested module pins, "v1.2.3".
func (p Program) Version(ctx context.Context) (string, error) {
	folder, err := p.find(ctx)
	if err != nil {
		return "", err
	}
	return p.pinned(folder)
}

// Cached is the program's place in the cache and whether it is there.
func (p Program) Cached(ctx context.Context) (path string, there bool, err error) {
	version, err := p.Version(ctx)
	if err != nil {
		return "", false, err
	}
	path = p.place(version)
	return path, isFile(path), nil
}

func (p Program) place(version string) string {
	path := filepath.Join(settings.CacheDir(), p.Cache, version+"-"+runtime.GOOS+"-"+runtime.GOARCH, p.File)
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	return path
}

// Ensure returns the program, which it builds where the cache has none. However
// many want it at once, one builds.
func (p Program) Ensure(ctx context.Context, progress io.Writer) (string, error) {
	folder, err := p.find(ctx)
	if err != nil {
		return "", err
	}
	version, err := p.pinned(folder)
	if err != nil {
		return "", err
	}
	path := p.place(version)
	if isFile(path) {
		return path, nil
	}
	ctx, cancel := context.WithTimeout(ctx, building)
	defer cancel()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	lock := flock.New(filepath.Join(filepath.Dir(path), p.lock()))
	if free, err := lock.TryLock(); err != nil {
		return "", err
	} else if !free {
		fmt.Fprintf(progress, "Waiting for another process that builds %s.\n", p.Name)
		if _, err := lock.TryLockContext(ctx, 100*time.Millisecond); err != nil {
			return "", fmt.Errorf("waiting for the process that builds it: %w", err)
		}
	}
	defer func() { _ = lock.Unlock() }()
	if isFile(path) {
		return path, nil
	}
	return path, p.build(ctx, folder, version, path, progress)
}

// lock is a file of the program's own: another of the same module may be built meanwhile.
func (p Program) lock() string { return p.File + ".lock" }

// build compiles beside the final place and moves there: whoever looks finds
// all of it or nothing.
func (p Program) build(ctx context.Context, folder, version, path string, progress io.Writer) error {
	began, number := time.Now(), strings.TrimPrefix(version, "v")
	fmt.Fprintf(progress, "Building %s %s from source, once (%s; later runs use it).\n", p.Name, number, p.Takes)
	fresh := path + ".new"
	defer os.Remove(fresh)
	flags := "-s -w"
	if p.Linked != "" {
		flags += " -X " + p.Linked + "=" + fmt.Sprintf(p.As, version)
	}
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags="+flags, "-o", fresh, p.Package)
	command.Dir = folder
	command.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off", "CGO_ENABLED=0", "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
	command.WaitDelay = 5 * time.Second
	stop := told(progress, p.Name, began)
	output, err := command.CombinedOutput()
	stop()
	if err != nil {
		return fmt.Errorf("`%s` in %s: %w\n%s", strings.Join(command.Args, " "), folder, errors.Join(err, ctx.Err()), lastLines(string(output), 15))
	}
	if err := os.Rename(fresh, path); err != nil {
		return err
	}
	fmt.Fprintf(progress, "%s %s is built, after %.0f s.\n", p.Name, number, time.Since(began).Seconds())
	return nil
}

// find finds the nested module. It cannot be embedded into the program
// (go:embed ends where a module does), so it is looked for from where this
// source file stands, then in the module that the current folder belongs to.
func (p Program) find(ctx context.Context) (string, error) {
	var tried []string
	look := func(top string) (string, bool) {
		folder := filepath.Join(top, filepath.FromSlash(p.Folder))
		tried = append(tried, folder)
		return folder, isFile(filepath.Join(folder, "go.mod"))
	}
	if _, here, _, ok := runtime.Caller(0); ok && filepath.IsAbs(here) {
		if folder, found := look(filepath.Join(filepath.Dir(here), "..", "..")); found {
			return folder, nil
		}
	}
	// With -trimpath a source file's name is no path.
	top, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/holdfast/holdfast").Output()
	if err == nil {
		if folder, found := look(strings.TrimSpace(string(top))); found {
			return folder, nil
		}
	}
	return "", errors.Join(fmt.Errorf("its module is not there (looked in %s): run this from a clone of Holdfast", strings.Join(tried, ", ")), err)
}

// pinned reads the line of go.mod that pins the module.
func (p Program) pinned(folder string) (string, error) {
	file := filepath.Join(folder, "go.mod")
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
