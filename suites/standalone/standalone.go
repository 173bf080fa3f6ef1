// Package standalone makes the conformance suite's test binary a program of its own:
// it holds the ginkgo command, which starts the binary again as its worker processes.
package standalone

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/onsi/ginkgo/v2/ginkgo/command"
	"github.com/onsi/ginkgo/v2/ginkgo/run"
)

// Version is what the build knows of itself.
type Version struct{ Tag, Commit string }

func (v Version) String() string {
	return fmt.Sprintf("holdfast %s (commit %s, %s, %s/%s)", v.Tag, v.Commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// Main is the binary's TestMain. With arguments for a test binary, as the ginkgo
// command passes them, it runs the specs. Otherwise it is the ginkgo command.
func Main(m *testing.M, version Version) {
	args := os.Args[1:]
	if slices.ContainsFunc(args, forTests) {
		os.Exit(work(m))
	}
	switch {
	case slices.ContainsFunc(args, is("h", "help")):
		usage(os.Stdout, version)
	case slices.ContainsFunc(args, is("version")):
		fmt.Println(version)
	default:
		if err := start(args); err != nil {
			fmt.Fprintf(os.Stderr, "holdfast: %v\n", err)
			os.Exit(1)
		}
	}
}

// forTests reports whether an argument is one of a test binary's.
func forTests(arg string) bool {
	name := strings.TrimLeft(arg, "-")
	return name != arg && (strings.HasPrefix(name, "test.") || strings.HasPrefix(name, "ginkgo."))
}

// is returns a function that recognises a flag by its names.
func is(names ...string) func(arg string) bool {
	return func(arg string) bool {
		name := strings.TrimLeft(arg, "-")
		return name != arg && slices.Contains(names, name)
	}
}

// folder is the flag that passes on where the program was started: ginkgo starts
// workers in the directory of the binary.
const folder = "holdfast.folder"

// work runs the specs in a worker.
func work(m *testing.M) int {
	started := flag.String(folder, ".", "directory in which the reports are written")
	flag.Parse()
	if err := os.Chdir(*started); err != nil {
		fmt.Fprintf(os.Stderr, "holdfast: %v\n", err)
		return 1
	}
	return m.Run()
}

// start runs the ginkgo command on this binary, and exits.
func start(args []string) error {
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	program, err := executable()
	if err != nil {
		return err
	}
	suite, remove, err := suiteFile(program)
	if err != nil {
		return err
	}
	args, passed := args, []string{}
	if i := slices.Index(args, "--"); i >= 0 {
		args, passed = args[:i], args[i+1:]
	}
	all := append([]string{program}, defaults(here)...)
	all = append(append(all, args...), suite, "--", "-"+folder+"="+here)
	command.Program{
		Name: "holdfast", DefaultCommand: run.BuildRunCommand(),
		Exiter: func(code int) {
			if err := remove(); err != nil {
				fmt.Fprintf(os.Stderr, "holdfast: %v\n", err)
			}
			os.Exit(code)
		},
	}.RunAndExit(append(all, passed...))
	return nil
}

// defaults returns the flags that the user's own flags override.
func defaults(here string) []string {
	flags := []string{fmt.Sprintf("--procs=%d", processes(runtime.NumCPU())), "--output-dir=" + here}
	if info, err := os.Stdout.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		flags = append(flags, "--no-color")
	}
	return flags
}

// processes returns two processes per core, because a spec spends half of its time
// waiting. On more than four cores, it is Ginkgo's own count.
func processes(cores int) int {
	if cores > 4 {
		return cores - 1
	}
	return 2 * cores
}

// executable returns the path of this program, in a root without /proc too.
func executable() (string, error) {
	path, err := os.Executable()
	if err == nil {
		return path, nil
	}
	if path, found := filepath.Abs(os.Args[0]); found == nil {
		if _, found := os.Stat(path); found == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("finding this program's own file: %w; start it by its path", err)
}

// suiteFile returns the program under a name that the ginkgo command takes for a test
// binary, and how to remove it. Outside Windows that is a link with the suffix .test.
func suiteFile(program string) (path string, remove func() error, err error) {
	if slices.Contains([]string{".test", ".exe"}, filepath.Ext(program)) {
		return program, func() error { return nil }, nil
	}
	dir, err := os.MkdirTemp("", "holdfast-")
	if err != nil {
		return "", nil, fmt.Errorf("making a directory for a link to this program: %w; free some space, or set TMPDIR to a writable directory", err)
	}
	path = filepath.Join(dir, "conformance.test")
	if err := os.Symlink(program, path); err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	return path, func() error { return os.RemoveAll(dir) }, nil
}
