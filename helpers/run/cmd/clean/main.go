// Command clean removes what dead runs of Holdfast left: their resources on
// the engine, probe images that no container uses, dead lab machines, and the
// directory of reports.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/lab"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/run"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	if err := clean(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "clean:", err)
		os.Exit(1)
	}
}

func clean(ctx context.Context) error {
	problems := []error{lab.Sweep(os.Stdout)}
	switch e, err := engine.Connect(ctx); {
	case err == nil:
		problems = append(problems, run.Sweep(ctx, e, os.Stdout), probe.Remove(ctx, e), e.Close())
	case errors.Is(err, engine.ErrUnreachable) && !explicit():
		fmt.Println("No engine answers: only the files of this machine are cleaned.")
	default:
		problems = append(problems, err)
	}
	return errors.Join(append(problems, cleanReports(filepath.Join("reports", "out")))...)
}

// cleanReports removes what runs wrote, except the work directories that are
// left after the sweep: they belong to live runs.
func cleanReports(out string) error {
	entries, err := os.ReadDir(out)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, entry := range entries {
		if entry.Name() != "work" {
			err = errors.Join(err, os.RemoveAll(filepath.Join(out, entry.Name())))
		}
	}
	for _, dir := range []string{filepath.Join(out, "work"), out} {
		_ = os.Remove(dir) // fails unless it is empty
	}
	return err
}

// explicit reports whether the user chose the engine: then it must answer.
func explicit() bool {
	endpoint, err := engine.Resolve()
	return err != nil || endpoint.Explicit
}
