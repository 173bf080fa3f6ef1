// The clean command removes what dead runs of Holdfast left: their labelled
// resources on the engine at hand, the probe images that no container uses,
// dead lab machines, and the reports' folder.
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
	"github.com/holdfast/holdfast/helpers/sandbox"
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
		problems = append(problems, sandbox.Sweep(ctx, e, os.Stdout), probe.Remove(ctx, e), e.Close())
	case errors.Is(err, engine.ErrUnreachable) && !explicit():
		fmt.Println("No engine is at hand: only the files of this machine are cleaned.")
	default:
		problems = append(problems, err)
	}
	return errors.Join(append(problems, os.RemoveAll(filepath.Join("reports", "out")))...)
}

// explicit tells whether somebody named the engine: then it has to answer.
func explicit() bool {
	endpoint, err := engine.Resolve()
	return err != nil || endpoint.Explicit
}
