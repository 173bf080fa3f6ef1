// Command bench measures how fast the suite is: compared with the engine's own
// time for the same number of bare container lifecycles, compared with a plain
// script for the same claims, and from a clone without a build cache to the first
// verdict. It writes reports/out/bench.json. README.md explains the figures.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/lab"
	"github.com/holdfast/holdfast/helpers/probe"
	runs "github.com/holdfast/holdfast/helpers/run"
	"github.com/holdfast/holdfast/helpers/settings"
)

func main() {
	ctx, cancel := lab.Interruptible()
	err := run(ctx, os.Args[1:])
	cancel()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

// options are the command's flags.
type options struct {
	rounds, procs, lives int
	only, filter         string
}

func read(arguments []string) (o options, err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&o.rounds, "rounds", 3, "how often to repeat each measurement")
	flags.IntVar(&o.procs, "procs", 0, "processes of the suite (default: two per core of the engine, one on Podman)")
	flags.IntVar(&o.lives, "lives", 60, "bare container lifecycles to measure before and after each run")
	flags.StringVar(&o.only, "only", "", "measure only whole, added, script or first")
	flags.StringVar(&o.filter, "filter", "", "Ginkgo label filter of the specs to measure over the floor")
	if err := flags.Parse(arguments); err != nil {
		return o, err
	}
	if flags.NArg() > 0 || o.rounds < 1 || o.lives < 1 {
		return o, fmt.Errorf("bench takes only flags, and -rounds and -lives must be at least 1: got %q", arguments)
	}
	return o, nil
}

// bench is the state that the measurements share.
type bench struct {
	options
	engine *engine.Engine
	probe  string // reference of the probe image
	root   string // of the working tree
	dir    string // of this bench, shared with the engine
	suite  suite
	page   *page
}

func run(ctx context.Context, arguments []string) (err error) {
	b := &bench{}
	if b.options, err = read(arguments); err != nil {
		return err
	}
	if b.engine, err = engine.Connect(ctx); err != nil {
		return fmt.Errorf("%w; use `go tool lab run -- go run ./suites/bench` for a private engine", err)
	}
	defer b.engine.Close()
	if !b.engine.Facts.Disposable {
		return fmt.Errorf("%s is not disposable, and other work on it would distort the figures: set %s=1, or use the lab", b.engine, settings.Disposable.Name)
	}
	if b.procs == 0 {
		b.procs = max(2, runs.WorkersPerCore(b.engine.Facts.Name)*b.engine.Facts.CPUs)
	}
	if err := b.prepare(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	b.page = newPage(b.engine.Facts, b.options)
	for _, measurement := range []struct {
		name    string
		measure func(context.Context) error
	}{{"whole", b.whole}, {"added", b.added}, {"script", b.script}, {"first", b.first}} {
		if b.only != "" && b.only != measurement.name {
			continue
		}
		if err := measurement.measure(ctx); err != nil {
			return fmt.Errorf("measuring %s: %w", measurement.name, err)
		}
		b.page.Load = append(b.page.Load, load())
	}
	return b.page.write(filepath.Join(b.root, "reports", "out", "bench.json"))
}

func (b *bench) prepare(ctx context.Context) (err error) {
	if b.root, err = settings.Root(); err != nil {
		return err
	}
	out := filepath.Join(b.root, "reports", "out")
	if err = os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	if b.dir, err = os.MkdirTemp(out, ".bench-"); err != nil {
		return err
	}
	if b.probe, err = probe.Ensure(ctx, b.engine); err == nil {
		b.suite, err = build(ctx, b.root, b.dir, b.procs)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(b.dir))
	}
	return nil
}
