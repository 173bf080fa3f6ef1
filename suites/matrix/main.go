// Command matrix judges every release of the lab, several at once, and puts
// their verdicts side by side on one page.
//
// ENGINES="docker-trixie podman-sid" chooses releases; arguments are Ginkgo's
// flags, for each run. A release that breaks
// does not stop the others: it is named at the end, and the exit code is 1.
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

// out is where the reports go, from the top of the working tree.
var out = filepath.Join("reports", "out")

func init() {
	// The main thread is the process's face in /proc: nothing else may use it.
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
	told := newTeller(os.Stdout, names)
	atOnce := min(capacity(runtime.NumCPU(), availableMemory()), len(names))
	suite.atOnce, suite.flags = atOnce, flags
	told.say("", "judging %s, %d at once", strings.Join(names, ", "), atOnce)
	began := time.Now()
	results := each(ctx, names, atOnce, func(ctx context.Context, name string) outcome { return suite.judge(ctx, name, told) })
	if ctx.Err() != nil {
		return errors.Join(errors.New("interrupted: what was begun has been undone, and no page was built"), undone(results))
	}
	return errors.Join(conclude(told, results, time.Since(began)), merge(told))
}

// chosen returns the names of the releases to judge: those that are asked for,
// else all. A name that no release has is a mistake that is told at once, not
// after the others have run.
func chosen(wanted string) ([]string, error) {
	fields := strings.FieldsFunc(wanted, func(r rune) bool { return r == ' ' || r == ',' || r == '\n' || r == '\t' })
	if len(fields) == 0 {
		releases, err := lab.Releases()
		if err != nil {
			return nil, err
		}
		for _, release := range releases {
			fields = append(fields, release.Name)
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

// merge builds the page of every run that left its verdicts here.
func merge(told *teller) error {
	paths, err := filepath.Glob(filepath.Join(out, "*", "verdicts.json"))
	if err != nil {
		return err
	}
	sources, refused := page.Read(paths)
	if len(sources) == 0 {
		return errors.Join(refused, errors.New("no run left verdicts: there is no page"))
	}
	index := filepath.Join(out, "index.html")
	if err := page.Write(index, sources); err != nil {
		return errors.Join(refused, err)
	}
	told.say("", "%s: %s", index, page.Describe(sources))
	return refused
}
