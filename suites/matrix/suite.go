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

// suite is the conformance suite, built once. Ginkgo would build it for each
// release anew, and at once in the same place.
type suite struct {
	folder string // all of it, to be removed
	ginkgo string // the command
	test   string // the suite's binary
	atOnce int    // how many runs share the cores
	flags  []string
}

// build puts the suite where a run finds what it finds from its own folder:
// Ginkgo runs a binary in the folder that it stands in, from which the reports
// are two levels up, and the top of the working tree somewhere above.
func build(ctx context.Context) (*suite, error) {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp(out, ".matrix-")
	if err != nil {
		return nil, err
	}
	if folder, err = filepath.Abs(folder); err != nil {
		return nil, err
	}
	s := &suite{
		folder: folder,
		ginkgo: filepath.Join(folder, "ginkgo"),
		test:   filepath.Join(folder, "suites", "conformance", "conformance.test"),
	}
	if err := s.make(ctx); err != nil {
		return nil, errors.Join(err, s.remove())
	}
	return s, nil
}

func (s *suite) make(ctx context.Context) error {
	if err := os.MkdirAll(filepath.Dir(s.test), 0o755); err != nil {
		return err
	}
	reports, err := filepath.Abs("reports")
	if err != nil {
		return err
	}
	if err := os.Symlink(reports, filepath.Join(s.folder, "reports")); err != nil {
		return err
	}
	return compiled.Build(ctx, "", s.ginkgo, s.test)
}

func (s *suite) remove() error { return os.RemoveAll(s.folder) }

// command runs the suite with all that it prints in a file. The lab passes its
// own output streams on to a command, and those are shared by all releases.
func (s *suite) command(log, name string) []string {
	processes := procs(runtime.NumCPU(), s.atOnce, perCore(name))
	command := []string{
		"sh", "-c", `log=$1; shift; exec "$@" >"$log" 2>&1`, "sh", log,
		s.ginkgo, fmt.Sprintf("--procs=%d", processes), "--no-color", "--timeout=40m",
	}
	return append(append(command, s.flags...), s.test)
}
