package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/lab"
	"github.com/holdfast/holdfast/helpers/lesson/library"
	"github.com/holdfast/holdfast/helpers/result"
	"golang.org/x/sync/errgroup"
)

// startLimit bounds the build and start of one machine.
const startLimit = 20 * time.Minute

// outcome is the outcome of one release.
type outcome struct {
	release string
	err     error // nil if every verdict is as catalogued
}

// each judges the releases in their order, several at once. It starts none after
// ctx ends.
func each(ctx context.Context, names []string, atOnce int, judge func(context.Context, string) outcome) []outcome {
	results := make([]outcome, len(names))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, name := range names {
		group.Go(func() error {
			if results[i].err = context.Cause(ctx); results[i].err == nil {
				results[i] = judge(ctx, name)
			}
			results[i].release = name
			return nil
		})
	}
	_ = group.Wait() // the results have the errors
	return results
}

// judge runs the suite on one release and reports its progress.
func (s *suite) judge(ctx context.Context, name string, out *reporter) (r outcome) {
	began := time.Now()
	defer func() {
		if r.err != nil && ctx.Err() == nil {
			out.print(name, "FAILED after %.0f s: %v", time.Since(began).Seconds(), r.err)
		}
	}()
	dir := filepath.Join(reports, name)
	// Verdicts of an earlier run must not pass for this run's.
	if err := removeReports(dir); err != nil {
		return outcome{err: err}
	}
	out.print(name, "started")
	code, err := s.inMachine(ctx, name, dir, out)
	if ctx.Err() != nil { // half a run's verdicts must not get into the next page
		return outcome{err: errors.Join(context.Cause(ctx), err, removeReports(dir))}
	}
	if err != nil {
		return outcome{err: err}
	}
	document, err := readVerdicts(dir)
	if err != nil {
		return outcome{err: fmt.Errorf("the suite ended with exit code %d and without verdicts: %w; see %s", code, err, logOf(dir))}
	}
	out.print(name, "%s in %.0f s", counted(document), time.Since(began).Seconds())
	if code != 0 {
		return outcome{err: fmt.Errorf("%s; see %s", wrong(document, code), logOf(dir))}
	}
	return outcome{}
}

// verdicts are the files of the lesson's and the contract's verdicts, in an engine's directory.
var verdicts = []string{"verdicts.json", filepath.Join(library.Contract, "verdicts.json")}

// readVerdicts reads what a run found, of the lesson and the contract together. Label filters may select one of them.
func readVerdicts(dir string) (all result.Document, err error) {
	for _, name := range verdicts {
		document, err := result.Read(filepath.Join(dir, name))
		switch {
		case errors.Is(err, os.ErrNotExist):
		case err != nil:
			return all, err
		case all.Schema == "":
			all = document
		default:
			all.Claims = append(all.Claims, document.Claims...)
		}
	}
	if all.Schema == "" {
		return all, fmt.Errorf("reading %s: %w", filepath.Join(dir, verdicts[0]), os.ErrNotExist)
	}
	return all, nil
}

func logOf(dir string) string { return filepath.Join(dir, "run.log") }

// removeReports removes what a run writes to its directory.
func removeReports(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, name := range append([]string{"junit.xml", "run.log"}, verdicts...) {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// inMachine runs the suite on a machine that it starts and removes.
func (s *suite) inMachine(ctx context.Context, name, dir string, out *reporter) (code int, err error) {
	shares, err := lab.DefaultShares()
	if err != nil {
		return 0, err
	}
	starting, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	machine, err := lab.Start(starting, name, shares, out.writer(name))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, machine.Close()) }()
	log, err := filepath.Abs(logOf(dir))
	if err != nil {
		return 0, err
	}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	go watch(watching, log, func(done, all int) { out.print(name, "%d of %d specs", done, all) })
	return machine.Run(ctx, s.command(log, name))
}

// counted counts a document's verdicts.
func counted(d result.Document) string {
	counts := map[string]int{}
	for _, claim := range d.Claims {
		counts[claim.Verdict]++
	}
	return fmt.Sprintf("%s %s: %d hold, %d contradicted, %d unverified (%d specs, %d containers)", d.Engine.Name, d.Engine.Version,
		counts[result.Holds], counts[result.Contradicted], counts[result.Unverified], d.Run.Specs, d.Run.Containers)
}

// wrong explains why a run with verdicts failed.
func wrong(d result.Document, code int) string {
	var ids []string
	for _, claim := range d.Claims {
		if claim.Surprising() {
			ids = append(ids, claim.ID)
		}
	}
	switch {
	case len(ids) > 0:
		return fmt.Sprintf("%d verdicts are not as catalogued: %s", len(ids), strings.Join(ids, ", "))
	case len(d.Leftovers) > 0:
		return fmt.Sprintf("the run left behind: %s", strings.Join(d.Leftovers, ", "))
	}
	return fmt.Sprintf("all verdicts are as catalogued, but the run failed otherwise (exit code %d)", code)
}
