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

// whole measures the whole suite over the floor. The floor is taken right
// before and right after each run, as the speed of a machine drifts.
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
		if round == 0 { // the lesson's images are loaded or pulled in it, once in an engine's life
			b.page.value("the first run on a fresh engine, over the floor", "", r.seconds/(life*float64(r.containers)))
			b.page.value("the first run on a fresh engine", "s", r.seconds)
			continue
		}
		b.page.value("suite", "s", r.seconds)
		b.page.value("specs", "", float64(r.specs))
		b.page.value("containers", "", float64(r.containers))
		b.page.value("containers per claim", "", float64(r.containers)/float64(r.claims))
		b.page.value("bare life, at the suite's parallelism", "s", life)
		b.page.value("suite over the floor", "", r.seconds/(life*float64(r.containers)))
		b.page.value("before and after the specs", "s", r.nodes)
		lane := life * float64(b.procs)
		for name, p := range r.parts {
			b.page.value(name+": specs, one after the other", "s", p.seconds)
			b.page.value(name+": containers", "", float64(p.containers))
			if p.containers > 0 {
				b.page.value(name+": over the floor", "", p.seconds/(lane*float64(p.containers)))
			}
		}
	}
	return nil
}

// added measures what one more spec costs: a part of the suite against one of
// its specs alone.
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
			return fmt.Errorf("the filter %q selects %d specs, and one claim of it %d", part, all.specs, one.specs)
		}
		b.page.value("cost per added spec", "s", (all.seconds-one.seconds)/float64(all.specs-one.specs))
	}
	return nil
}

var claimed = regexp.MustCompile(`(?m)^claim ([a-z]+)/([a-z0-9-]+) `)

// script measures ten claims as a plain script checks them, and as the suite
// does, in turn. The matrix and Compose ask some of them once more, in ways
// that the script does not: those specs are left out.
func (b *bench) script(ctx context.Context) error {
	path := filepath.Join(b.top, "suites", "bench", "ten-claims.sh")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var labels []string
	for _, found := range claimed.FindAllStringSubmatch(string(text), -1) {
		labels = append(labels, "claim:"+found[1]+"."+found[2])
	}
	filter := "(" + strings.Join(labels, " || ") + ") && !persistence && !compose"
	// The script needs an image with a shell: the lesson's own, which the suite brings.
	if _, err := b.suite.run(ctx, "claim:ephemeral.run"); err != nil {
		return err
	}
	for range b.rounds {
		began := time.Now()
		command := exec.CommandContext(ctx, "bash", path, "python:3.12-slim", b.folder)
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
			return fmt.Errorf("of %d claims the suite decided %d and the script %d:\n%s", len(labels), r.claims, held, output)
		}
		b.page.value("ten claims: script", "s", seconds)
		b.page.value("ten claims: suite", "s", r.command)
		b.page.value("ten claims: specs of the suite", "", float64(r.specs))
		b.page.value("ten claims: script over suite", "", seconds/r.command)
	}
	return nil
}

// verdict is what Ginkgo prints of the first spec that ended.
const verdict = "•"

// first measures the time from a clone without a build cache to the first
// verdict. The module cache is kept: what a network gives is not ours.
func (b *bench) first(ctx context.Context) error {
	clone, cache := filepath.Join(b.folder, "clone"), filepath.Join(b.folder, "gocache")
	if output, err := exec.CommandContext(ctx, "git", "clone", "--quiet", "--local", b.top, clone).CombinedOutput(); err != nil {
		b.page.note("no clone, so no time to the first verdict: %v %s", err, output)
		return nil
	}
	for range b.rounds {
		// The engine has to get the suite's own image anew, too.
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
	compiled.Together(command)
	command.WaitDelay = 2 * time.Minute
	began := time.Now()
	seen := &watcher{done: func() { seconds = time.Since(began).Seconds(); cancel() }}
	command.Stdout, command.Stderr = seen, seen
	err = command.Run()
	if seen.found {
		return seconds, nil // that the rest was interrupted is as it should be
	}
	return 0, errors.Join(err, fmt.Errorf("no verdict was printed:\n%s", seen.text))
}

// watcher calls done when the first verdict is printed.
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
