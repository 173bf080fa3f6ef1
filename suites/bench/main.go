// Command bench measures how fast this suite is on the engine at hand: against
// the engine's own time for the same number of bare container lives, against a
// plain script for the same claims, and from a clone without a build cache to
// the first verdict. The figures go to reports/out/bench.json.
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

// options are what a caller may choose.
type options struct {
	rounds, procs, lives int
	only, filter         string
}

func read(arguments []string) (o options, err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&o.rounds, "rounds", 3, "how often everything is measured that is measured more than once")
	flags.IntVar(&o.procs, "procs", 0, "processes of the suite (default: two for each of the engine's cores, one on Podman)")
	flags.IntVar(&o.lives, "lives", 60, "bare container lives before and after each run, for the floor")
	flags.StringVar(&o.only, "only", "", "one measurement: whole, added, script or first (default: all)")
	flags.StringVar(&o.filter, "filter", "", "Ginkgo label filter: measure only a part of the suite over the floor")
	if err := flags.Parse(arguments); err != nil {
		return o, err
	}
	if flags.NArg() > 0 || o.rounds < 1 || o.lives < 1 {
		return o, fmt.Errorf("there are flags only, rounds and lives are at least 1: got %q", arguments)
	}
	return o, nil
}

// bench is what the measurements share.
type bench struct {
	options
	engine *engine.Engine
	probe  string // reference of the image of the bare lives
	top    string // of the working tree
	folder string // of this bench, that the engine sees
	suite  suite
	page   *page
}

func run(ctx context.Context, arguments []string) (err error) {
	b := &bench{}
	if b.options, err = read(arguments); err != nil {
		return err
	}
	if b.engine, err = engine.Connect(ctx); err != nil {
		return fmt.Errorf("%w; `go tool lab run -- go run ./suites/bench` brings a private engine", err)
	}
	defer b.engine.Close()
	if !b.engine.Facts.Disposable {
		return fmt.Errorf("%s is somebody's own: the figures would be of whatever else it does; measure where %s=1, as in the lab", b.engine, settings.Disposable.Name)
	}
	if b.procs == 0 {
		b.procs = max(2, runs.WorkersPerCore(b.engine.Facts.Name)*b.engine.Facts.CPUs)
	}
	if err := b.prepare(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.folder)) }()
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
	return b.page.write(filepath.Join(b.top, "reports", "out", "bench.json"))
}

func (b *bench) prepare(ctx context.Context) (err error) {
	if b.top, err = settings.Root(); err != nil {
		return err
	}
	out := filepath.Join(b.top, "reports", "out")
	if err = os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	if b.folder, err = os.MkdirTemp(out, ".bench-"); err != nil {
		return err
	}
	if b.probe, err = probe.Ensure(ctx, b.engine); err == nil {
		b.suite, err = build(ctx, b.top, b.folder, b.procs)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(b.folder))
	}
	return nil
}
