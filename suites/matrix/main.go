// Command matrix judges every release of the lab, several at once, and shows their
// verdicts side by side on one page.
//
// ENGINES="docker-trixie podman-sid" selects releases. Arguments are Ginkgo flags
// for each run. If a release fails, the others continue; the failure is reported at
// the end, and the exit code is 1.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/lab"
	"github.com/holdfast/holdfast/helpers/settings"
	"github.com/holdfast/holdfast/reports/page"
)

// reports is the reports' directory, relative to the root of the working tree.
var reports = filepath.Join("reports", "out")

func init() {
	// The lab reads the main thread's state in /proc: keep other goroutines off it.
	runtime.LockOSThread()
}

func main() {
	ctx, cancel := lab.Interruptible()
	err := run(ctx, os.Args[1:])
	cancel()
	if err != nil {
		fmt.Fprintf(os.Stderr, "matrix: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, flags []string) (err error) {
	// The engines are given the working tree, and the reports are written to it.
	root, err := settings.Root()
	if err == nil {
		err = os.Chdir(root)
	}
	if err != nil {
		return err
	}
	names, err := chosen(os.Getenv("ENGINES"))
	if err != nil {
		return err
	}
	if err := lab.Prepare(ctx, os.Stdout); err != nil {
		return err
	}
	suite, err := build(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, suite.remove()) }()

	names = queue(names)
	out := newReporter(os.Stdout, names)
	atOnce := min(capacity(runtime.NumCPU(), availableMemory()), len(names))
	suite.atOnce, suite.flags = atOnce, flags
	out.print("", "judging %s, %d at once", strings.Join(names, ", "), atOnce)
	began := time.Now()
	results := each(ctx, names, atOnce, func(ctx context.Context, name string) outcome { return suite.judge(ctx, name, out) })
	if ctx.Err() != nil {
		return errors.Join(errors.New("interrupted: the machines were removed, and no page was built"), failures(results))
	}
	return errors.Join(conclude(out, results, time.Since(began)), merge(out))
}

// chosen returns the names of the releases to judge: the wanted ones, or all. An
// unknown name is an error before anything runs.
func chosen(wanted string) ([]string, error) {
	fields := strings.FieldsFunc(wanted, func(r rune) bool { return r == ' ' || r == ',' || r == '\n' || r == '\t' })
	if len(fields) == 0 {
		releases, err := lab.Releases()
		if err != nil {
			return nil, err
		}
		for _, release := range releases {
			// The catalogue does not say yet what other sharings do differently: name these releases to judge them.
			if release.Sharing == lab.Native || release.Sharing == lab.None {
				fields = append(fields, release.Name)
			}
		}
		return fields, nil
	}
	var names []string
	var unknown []error
	for _, name := range fields {
		if _, err := lab.Find(name); err != nil {
			unknown = append(unknown, err)
		} else if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, errors.Join(unknown...)
}

// merge builds the page from all verdicts in the reports' directory.
func merge(out *reporter) error {
	sources, refused := page.Read(page.Results(reports))
	if len(sources) == 0 {
		return errors.Join(refused, errors.New("no run left verdicts, so no page was built"))
	}
	index := filepath.Join(reports, "index.html")
	if err := page.Write(index, sources); err != nil {
		return errors.Join(refused, err)
	}
	out.print("", "%s: %s", index, page.Describe(sources))
	return refused
}
