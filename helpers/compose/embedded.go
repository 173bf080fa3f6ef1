package compose

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
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/holdfast/holdfast/helpers/settings"
)

const (
	embeddedModule = "github.com/docker/compose/v5"
	// building bounds the build, the download of its sources included.
	building = 15 * time.Minute
)

// ensureEmbedded returns the pinned Compose in the cache, built once.
func ensureEmbedded(ctx context.Context, progress io.Writer) (string, error) {
	dir, err := embeddedDir(ctx)
	if err != nil {
		return "", noEmbedded(err)
	}
	version, err := pinned(dir)
	if err != nil {
		return "", noEmbedded(err)
	}
	home := filepath.Join(settings.CacheDir(), "compose", version+"-"+runtime.GOOS+"-"+runtime.GOARCH)
	// Compose knows by its own name that it does not run as a plugin.
	program := filepath.Join(home, "docker-compose")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if isFile(program) {
		return program, nil
	}
	ctx, cancel := context.WithTimeout(ctx, building)
	defer cancel()
	if err := os.MkdirAll(home, 0o755); err != nil {
		return "", noEmbedded(err)
	}
	lock := flock.New(filepath.Join(home, "lock"))
	if free, err := lock.TryLock(); err != nil {
		return "", noEmbedded(err)
	} else if !free {
		fmt.Fprintln(progress, "Waiting for another process that builds Docker Compose.")
		if _, err := lock.TryLockContext(ctx, 100*time.Millisecond); err != nil {
			return "", noEmbedded(fmt.Errorf("waiting for the process that builds it: %w", err))
		}
	}
	defer func() { _ = lock.Unlock() }()
	if isFile(program) {
		return program, nil
	}
	if err := build(ctx, dir, version, program, progress); err != nil {
		return "", noEmbedded(err)
	}
	return program, nil
}

func noEmbedded(err error) error {
	return fmt.Errorf("no Docker Compose v2 or later in PATH, and the embedded one could not be built: %w; install Docker Compose, or see to it that the Go toolchain reaches its module proxy (GOPROXY) and that %s is writable", err, settings.CacheDir())
}

// build compiles Compose beside its final place and moves it there: whoever
// looks for it finds all of it or nothing.
func build(ctx context.Context, dir, version, program string, progress io.Writer) error {
	began := time.Now()
	fmt.Fprintf(progress, "No Docker Compose here: building version %s from source, once (about a minute; later runs use it).\n", strings.TrimPrefix(version, "v"))
	fresh := program + ".new"
	defer os.Remove(fresh)
	command := exec.CommandContext(ctx, "go", "build", "-trimpath",
		"-ldflags=-s -w -X "+embeddedModule+"/internal.Version="+version, "-o", fresh, embeddedModule+"/cmd")
	command.Dir = dir
	command.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off", "CGO_ENABLED=0", "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
	command.WaitDelay = 5 * time.Second
	done := make(chan struct{})
	var ticking sync.WaitGroup
	ticking.Go(func() { tick(done, began, progress) })
	output, err := command.CombinedOutput()
	close(done)
	ticking.Wait()
	if err != nil {
		return fmt.Errorf("`%s` in %s: %w\n%s", strings.Join(command.Args, " "), dir, errors.Join(err, ctx.Err()), lastLines(string(output), 15))
	}
	if err := os.Rename(fresh, program); err != nil {
		return err
	}
	fmt.Fprintf(progress, "Docker Compose %s is built, after %.0f s.\n", strings.TrimPrefix(version, "v"), time.Since(began).Seconds())
	return nil
}

// tick says now and then that the build goes on.
func tick(done <-chan struct{}, began time.Time, progress io.Writer) {
	ticker := time.NewTicker(15 * time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return
		case <-ticker.C:
			fmt.Fprintf(progress, "  still building Docker Compose, %.0f s so far\n", time.Since(began).Seconds())
		}
	}
}

// embeddedDir finds the nested module. It cannot be embedded into the program
// (go:embed ends where a module does), so it is looked for beside this
// source file, then in the module that the current folder belongs to.
func embeddedDir(ctx context.Context) (string, error) {
	var tried []string
	look := func(dir string) (string, bool) {
		tried = append(tried, dir)
		return dir, isFile(filepath.Join(dir, "go.mod"))
	}
	if _, here, _, ok := runtime.Caller(0); ok && filepath.IsAbs(here) {
		if dir, found := look(filepath.Join(filepath.Dir(here), "embedded")); found {
			return dir, nil
		}
	}
	// With -trimpath a source file's name is no path.
	root, err := answerOf(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/holdfast/holdfast")
	if err == nil {
		if dir, found := look(filepath.Join(strings.TrimSpace(root), "helpers", "compose", "embedded")); found {
			return dir, nil
		}
	}
	return "", errors.Join(fmt.Errorf("its module is not there (looked in %s): run this from a clone of Holdfast", strings.Join(tried, ", ")), err)
}

// requirement is the line of go.mod that pins Compose.
var requirement = regexp.MustCompile(`(?m)^\s*(?:require )?` + regexp.QuoteMeta(embeddedModule) + ` (v\S+)`)

func pinned(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return "", err
	}
	found := requirement.FindSubmatch(text)
	if found == nil {
		return "", fmt.Errorf("%s pins no version of %s", filepath.Join(dir, "go.mod"), embeddedModule)
	}
	return string(found[1]), nil
}

func isFile(path string) bool {
	found, err := os.Stat(path)
	return err == nil && found.Mode().IsRegular()
}

func lastLines(text string, count int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(lines) > count {
		lines = append([]string{"..."}, lines[len(lines)-count:]...)
	}
	return strings.Join(lines, "\n")
}
