package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/holdfast/holdfast/helpers/lab"
	"github.com/holdfast/holdfast/helpers/result"
)

// startLimit bounds the making and the start of one machine.
const startLimit = 20 * time.Minute

// outcome is how one release came out.
type outcome struct {
	release string
	took    time.Duration
	err     error // nil where every verdict is as catalogued
}

// each judges the releases, so many at once, in their order. What has not begun
// when ctx ends does not begin.
func each(ctx context.Context, names []string, atOnce int, judge func(context.Context, string) outcome) []outcome {
	results := make([]outcome, len(names))
	next := make(chan int)
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for i := range next {
				began := time.Now()
				results[i] = judge(ctx, names[i])
				results[i].release, results[i].took = names[i], time.Since(began)
			}
		})
	}
	for i := range names {
		if ctx.Err() != nil { // a select between two that are ready may take either
			results[i] = outcome{release: names[i], err: context.Cause(ctx)}
			continue
		}
		select {
		case next <- i:
		case <-ctx.Done():
			results[i] = outcome{release: names[i], err: context.Cause(ctx)}
		}
	}
	close(next)
	workers.Wait()
	return results
}

// judge runs the suite on one release and tells how it goes.
func (s *suite) judge(ctx context.Context, name string, told *teller) (r outcome) {
	began := time.Now()
	defer func() {
		if r.err != nil && ctx.Err() == nil {
			told.say(name, "FAILED after %.0f s: %v", time.Since(began).Seconds(), r.err)
		}
	}()
	folder := filepath.Join(out, name)
	// What an earlier run left must not pass for this one's.
	if err := forget(folder); err != nil {
		return outcome{err: err}
	}
	told.say(name, "started")
	code, err := s.inMachine(ctx, name, folder, told)
	if ctx.Err() != nil { // the verdicts of half a run would mislead the next page
		return outcome{err: errors.Join(context.Cause(ctx), err, forget(folder))}
	}
	if err != nil {
		return outcome{err: err}
	}
	document, err := result.Read(filepath.Join(folder, "verdicts.json"))
	if err != nil {
		return outcome{err: fmt.Errorf("the suite ended with %d and without verdicts: %w; see %s", code, err, logOf(folder))}
	}
	told.say(name, "%s in %.0f s", counted(document), time.Since(began).Seconds())
	if code != 0 {
		return outcome{err: fmt.Errorf("%s; see %s", wrong(document, code), logOf(folder))}
	}
	return outcome{}
}

func logOf(folder string) string { return filepath.Join(folder, "run.log") }

// forget leaves the folder empty of what a run writes.
func forget(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"verdicts.json", "junit.xml", "run.log"} {
		if err := os.Remove(filepath.Join(folder, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// inMachine runs the suite in a machine that is gone afterwards.
func (s *suite) inMachine(ctx context.Context, name, folder string, told *teller) (code int, err error) {
	shares, err := lab.DefaultShares()
	if err != nil {
		return 0, err
	}
	starting, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	machine, err := lab.Start(starting, name, shares, told.writer(name))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, machine.Close()) }()
	log, err := filepath.Abs(logOf(folder))
	if err != nil {
		return 0, err
	}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	go watch(watching, log, func(done, all int) { told.say(name, "%d of %d specs", done, all) })
	return machine.Run(ctx, s.command(log, name))
}

// counted is a document's verdicts in numbers.
func counted(d result.Document) string {
	counts := map[string]int{}
	for _, claim := range d.Claims {
		counts[claim.Verdict]++
	}
	return fmt.Sprintf("%s %s: %d hold, %d contradicted, %d unverified (%d specs, %d containers)", d.Engine.Name, d.Engine.Version,
		counts[result.Holds], counts[result.Contradicted], counts[result.Unverified], d.Run.Specs, d.Run.Containers)
}

// wrong says why a run that judged the engine did not pass.
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
	return fmt.Sprintf("every verdict that was drawn is as catalogued, but something else failed (exit code %d)", code)
}
