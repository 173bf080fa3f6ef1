package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/holdfast/holdfast/suites/compiled"
)

// suite is the compiled conformance suite.
type suite struct {
	compiled.Suite
	dir    string // removed at the end
	atOnce int    // number of runs that share the cores
	flags  []string
}

// build compiles the suite. Its runs write to this working tree's reports.
func build(ctx context.Context) (s *suite, err error) {
	all, err := filepath.Abs("reports")
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(reports, 0o755); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(filepath.Join(all, "out"), ".matrix-")
	if err != nil {
		return nil, err
	}
	s = &suite{dir: dir}
	if err = os.Symlink(all, filepath.Join(dir, "reports")); err == nil {
		s.Suite, err = compiled.Build(ctx, "", dir)
	}
	if err != nil {
		return nil, errors.Join(err, s.remove())
	}
	return s, nil
}

func (s *suite) remove() error { return os.RemoveAll(s.dir) }

// command returns the command that runs the suite and writes its output to a file.
// The lab passes its own output streams to a command, and all releases share them.
func (s *suite) command(log, name string) []string {
	processes := procs(runtime.NumCPU(), s.atOnce, perCore(name))
	command := []string{
		"sh", "-c", `log=$1; shift; exec "$@" >"$log" 2>&1`, "sh", log,
		s.Ginkgo, fmt.Sprintf("--procs=%d", processes), "--no-color", "--timeout=40m",
	}
	return append(append(command, s.flags...), s.Test)
}
