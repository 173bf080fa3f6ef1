package compose

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/nested"
	"github.com/holdfast/holdfast/helpers/run"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
)

// ToolLabel is the Ginkgo label of specs that need Compose.
const ToolLabel = "compose"

const toolKey = "compose"

// outcome is the result of looking for Compose, shared with the run's other processes.
type outcome struct {
	Tool        Tool
	Unavailable string // why there is no Compose, or empty
}

// Setup returns the setup that finds or builds the Compose that is tested. A machine that
// has none and cannot build it leaves the claims that need it unverified.
func Setup() run.Setup {
	return run.Setup{Key: toolKey, Label: ToolLabel, Do: func(ctx context.Context, r *run.Run, progress io.Writer) (any, error) {
		found, err := look(ctx, progress)
		if err != nil {
			return nil, err
		}
		if found.Unavailable != "" {
			fmt.Fprintln(progress, "There is no Docker Compose: claims that need it are unverified.")
			return found, nil
		}
		r.Engine().Facts.Compose = found.Tool.Version
		fmt.Fprintf(progress, "Compose is %s.\n", found.Tool)
		return found, nil
	}}
}

func look(ctx context.Context, progress io.Writer) (outcome, error) {
	tool, err := Find(ctx, progress)
	if errors.Is(err, nested.ErrNoMeans) {
		return outcome{Unavailable: "this machine has no Docker Compose v2 or later (neither `docker compose` nor `docker-compose`), and Holdfast needs Go and a clone to build its own"}, nil
	}
	return outcome{Tool: tool}, err
}

// Need returns the Compose under test. If no setup looked for it, because the run
// selects no spec with the label, Need does. If there is none, the spec is skipped with
// the reason.
func Need(ctx context.Context, box *sandbox.Box) Tool {
	GinkgoHelper()
	var found outcome
	if !run.From(ctx).SetupResult(toolKey, &found) {
		var err error
		found, err = look(ctx, GinkgoWriter)
		must(err)
		claims.SetCompose(ctx, found.Tool.Version)
	}
	if found.Unavailable != "" {
		Skip(found.Unavailable)
	}
	return found.Tool
}
