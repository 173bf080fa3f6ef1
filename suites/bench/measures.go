package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/suites/compiled"
)

// whole measures the whole suite over the floor. It measures the floor right
// before and after each run, because the speed of a machine drifts.
func (b *bench) whole(ctx context.Context) error {
	for round := range b.rounds + 1 {
		before, err := b.floor(ctx, b.lives)
		if err != nil {
			return err
		}
		r, err := b.suite.run(ctx, b.filter)
		if err != nil {
			return err
		}
		after, err := b.floor(ctx, b.lives)
		if err != nil {
			return err
		}
		life := (before + after) / 2
		if round == 0 { // it loads or pulls the lesson's images
			b.page.value("the first run on a fresh engine, over the floor", "", r.seconds/(life*float64(r.containers)))
			b.page.value("the first run on a fresh engine", "s", r.seconds)
			continue
		}
		b.page.value("suite", "s", r.seconds)
		b.page.value("specs", "", float64(r.specs))
		b.page.value("containers", "", float64(r.containers))
		b.page.value("containers per claim", "", float64(r.containers)/float64(r.claims))
		b.page.value("bare lifecycle, at the suite's parallelism", "s", life)
		b.page.value("suite over the floor", "", r.seconds/(life*float64(r.containers)))
		b.page.value("before and after the specs", "s", r.nodes)
		one := life * float64(b.procs)
		for name, p := range r.parts {
			b.page.value(name+": sum over its specs", "s", p.seconds)
			b.page.value(name+": containers", "", float64(p.containers))
			if p.containers > 0 {
				b.page.value(name+": over the floor", "", p.seconds/(one*float64(p.containers)))
			}
		}
	}
	return nil
}

// added measures the cost of one more spec: a part of the suite compared with one
// of its specs.
func (b *bench) added(ctx context.Context) error {
	const part = "volumes && !engine-wide && !persistence && !compose"
	for range b.rounds {
		one, err := b.suite.run(ctx, "claim:volumes.survives-container-deletion && "+part)
		if err != nil {
			return err
		}
		all, err := b.suite.run(ctx, part)
		if err != nil {
			return err
		}
		if all.specs <= one.specs {
			return fmt.Errorf("the filter %q selects %d specs, and one of its claims %d", part, all.specs, one.specs)
		}
		b.page.value("cost per added spec", "s", (all.seconds-one.seconds)/float64(all.specs-one.specs))
	}
	return nil
}

var claimed = regexp.MustCompile(`(?m)^claim ([a-z]+)/([a-z0-9-]+) `)

// script measures ten claims as a plain script checks them and as the suite does,
// alternately. It leaves out the specs of the matrix and of Compose, which check
// some of the claims in more ways than the script.
func (b *bench) script(ctx context.Context) error {
	path := filepath.Join(b.root, "suites", "bench", "ten-claims.sh")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var labels []string
	for _, found := range claimed.FindAllStringSubmatch(string(text), -1) {
		labels = append(labels, "claim:"+found[1]+"."+found[2])
	}
	filter := "(" + strings.Join(labels, " || ") + ") && !persistence && !compose"
	// The script needs an image with a shell: the lesson's, which the suite loads.
	if _, err := b.suite.run(ctx, "claim:ephemeral.run"); err != nil {
		return err
	}
	for range b.rounds {
		began := time.Now()
		command := exec.CommandContext(ctx, "bash", path, "python:3.12-slim", b.dir)
		output, err := command.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", path, err, output)
		}
		seconds := time.Since(began).Seconds()
		r, err := b.suite.run(ctx, filter)
		if err != nil {
			return err
		}
		if held := strings.Count(string(output), "holds"); r.claims < len(labels) || held != len(labels) {
			return fmt.Errorf("of %d claims, the suite decided %d and the script %d:\n%s", len(labels), r.claims, held, output)
		}
		b.page.value("ten claims: script", "s", seconds)
		b.page.value("ten claims: suite", "s", r.command)
		b.page.value("ten claims: specs of the suite", "", float64(r.specs))
		b.page.value("ten claims: script over suite", "", seconds/r.command)
	}
	return nil
}

// verdict is what Ginkgo prints for a spec that passed.
const verdict = "•"

// first measures the time from a clone without a build cache to the first verdict.
// It keeps the module cache: the speed of the network is not the suite's.
func (b *bench) first(ctx context.Context) error {
	clone, cache := filepath.Join(b.dir, "clone"), filepath.Join(b.dir, "gocache")
	if output, err := exec.CommandContext(ctx, "git", "clone", "--quiet", "--local", b.root, clone).CombinedOutput(); err != nil {
		b.page.note("the clone failed, so the time to the first verdict was not measured: %v %s", err, output)
		return nil
	}
	for range b.rounds {
		// The run must also load the probe image.
		if err := errors.Join(os.RemoveAll(cache), probe.Remove(ctx, b.engine)); err != nil {
			return err
		}
		seconds, err := b.untilVerdict(ctx, clone, cache)
		if err != nil {
			return err
		}
		b.page.value("from a clone without build cache to the first verdict", "s", seconds)
		seconds, err = b.untilVerdict(ctx, clone, cache)
		if err != nil {
			return err
		}
		b.page.value("the same with a build cache", "s", seconds)
	}
	return nil
}

func (b *bench) untilVerdict(ctx context.Context, clone, cache string) (seconds float64, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	command := exec.CommandContext(ctx, "make", "conformance")
	command.Dir, command.Env = clone, append(os.Environ(), "GOCACHE="+cache)
	compiled.InterruptGroup(command)
	command.WaitDelay = 2 * time.Minute
	began := time.Now()
	seen := &watcher{done: func() { seconds = time.Since(began).Seconds(); cancel() }}
	command.Stdout, command.Stderr = seen, seen
	err = command.Run()
	if seen.found {
		return seconds, nil // the rest was interrupted on purpose
	}
	return 0, errors.Join(err, fmt.Errorf("no verdict was printed:\n%s", seen.text))
}

// watcher calls done when the first verdict appears.
type watcher struct {
	text  []byte
	found bool
	done  func()
}

func (w *watcher) Write(text []byte) (int, error) {
	w.text = append(w.text, text...)
	if !w.found && strings.Contains(string(w.text), verdict) {
		w.found = true
		w.done()
	}
	return len(text), nil
}
