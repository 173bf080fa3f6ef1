package compose

import (
	"context"
	"fmt"
	"io"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/run"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
)

// ToolLabel is the Ginkgo label of specs that need Compose.
const ToolLabel = "compose"

const toolKey = "compose"

// Setup returns the setup that finds or builds the Compose that is tested.
func Setup() run.Setup {
	return run.Setup{Key: toolKey, Label: ToolLabel, Do: func(ctx context.Context, r *run.Run, progress io.Writer) (any, error) {
		tool, err := Find(ctx, progress)
		if err == nil {
			r.Engine().Facts.Compose = tool.Version
			fmt.Fprintf(progress, "Compose is %s.\n", tool)
		}
		return tool, err
	}}
}

// Need returns the Compose under test. If no setup found it, because the run
// selects no spec with the label, it looks for it.
func Need(ctx context.Context, box *sandbox.Box) Tool {
	GinkgoHelper()
	var tool Tool
	if !run.From(ctx).SetupResult(toolKey, &tool) {
		var err error
		tool, err = Find(ctx, GinkgoWriter)
		must(err)
		claims.SetCompose(ctx, tool.Version)
	}
	return tool
}
