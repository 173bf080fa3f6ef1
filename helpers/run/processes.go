package run

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/gofrs/flock"
)

// Workers returns how many of a run's processes should work, so that an engine
// with fewer cores than this machine is not overloaded: perCore for each of
// the engine's cores, and at least two. All of them work if the caller chose a
// number of processes other than the one that Ginkgo's -p or this project's
// Makefile derives from this machine's cores.
func Workers(processes, ownCores, engineCores, perCore int) int {
	automatic := ownCores
	if ownCores > 4 { // as Ginkgo computes -p
		automatic--
	}
	if engineCores < 1 || processes != automatic && processes != 2*ownCores {
		return processes
	}
	return min(processes, max(2, perCore*engineCores))
}

// WorkersPerCore returns how many processes should work for each core of an
// engine: two, as a spec waits half of the time, and one on Podman, whose
// service (5.4.2) crashed during builds of four processes on two cores.
func WorkersPerCore(engineName string) int {
	if engineName == "podman" {
		return 1
	}
	return 2
}

// SignalDone signals idle workers to exit: no spec is left for them.
func (r *Run) SignalDone() error {
	if err := os.WriteFile(record(r.ID, ".done"), nil, 0o644); err != nil {
		return fmt.Errorf("signalling the run's idle workers to exit: %w", err)
	}
	return nil
}

// WaitIdle waits until another process calls SignalDone, or the context ends.
func (r *Run) WaitIdle(ctx context.Context) {
	_ = Poll(ctx, 200*time.Millisecond, func() bool {
		_, err := os.Stat(record(r.ID, ".done"))
		return err == nil
	})
}

// Turn gives one of the run's processes the right to do what the others would
// disturb. With alone set it waits until no other process has a turn, and
// makes them wait; otherwise turns are shared. The returned function ends the
// turn, as does the end of the process.
func (r *Run) Turn(ctx context.Context, alone bool) (done func(), err error) {
	lock := flock.New(record(r.ID, ".turn"))
	wait := lock.TryRLockContext
	if alone {
		wait = lock.TryLockContext
	}
	if _, err := wait(ctx, 20*time.Millisecond); err != nil {
		return nil, fmt.Errorf("waiting for the run's other processes (lock %s): %w; is one of them stuck?", lock.Path(), err)
	}
	return func() { _ = lock.Close() }, nil
}
