package sandbox

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Lanes is how many of a run's processes are to work, so that an engine with
// fewer cores than this machine is not overrun: perCore for each of its cores,
// and never one alone. Ginkgo's -p and this project's Makefile count this
// machine's cores; where the caller named another number, or the engine has as
// many cores, all of them work.
func Lanes(processes, ownCores, engineCores, perCore int) int {
	automatic := ownCores
	if ownCores > 4 { // as Ginkgo computes -p
		automatic--
	}
	if engineCores < 1 || processes != automatic && processes != 2*ownCores {
		return processes
	}
	return min(processes, max(2, perCore*engineCores))
}

// PerCore is how many processes are to work for each core of an engine: two,
// as a spec waits half of the time, and one on Podman, whose service (5.4.2)
// ended in the middle of builds of four processes on two cores.
func PerCore(engineName string) int {
	if engineName == "podman" {
		return 1
	}
	return 2
}

func (r *Run) over() string { return filepath.Join(leaseDir(), r.ID+".over") }

// TellOver lets the processes that are to sit this run out end: there is
// nothing left that they could take from the others.
func (r *Run) TellOver() error {
	if err := os.WriteFile(r.over(), nil, 0o644); err != nil {
		return fmt.Errorf("telling the run's idle processes that it is over: %w", err)
	}
	return nil
}

// SitOut waits until another process has told that the run is over, or the
// context ends: an interrupted run is over, too.
func (r *Run) SitOut(ctx context.Context) {
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		if _, err := os.Stat(r.over()); err == nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
