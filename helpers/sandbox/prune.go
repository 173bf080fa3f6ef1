package sandbox

import (
	"context"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/run"

	. "github.com/onsi/ginkgo/v2"
)

// pruning bounds how long a prune waits for the prunes of other specs.
const pruning = 20 * time.Second

// prune asks for a prune until the engine has the time: it refuses one while
// another, of a spec in another process, is under way.
func (b *Box) prune(ctx context.Context, filter map[string]string) (removed []string, err error) {
	run.Retry(ctx, pruning, func() (again bool) {
		removed, err = b.run.Engine().PruneVolumes(ctx, filter)
		return engine.IsConflict(err)
	})
	return removed, err
}

// DockerPrune types `docker volume prune` at the sandbox's own volumes, and
// what is typed at its prompt.
func (b *Box) DockerPrune(ctx context.Context, typed string, options ...string) Answer {
	GinkgoHelper()
	return b.dockerPrune(ctx, typed, append(options, "--filter", b.Filter()))
}

// DockerPruneEverything is DockerPrune without a filter, as the lesson has it.
// Disposable engines only.
func (b *Box) DockerPruneEverything(ctx context.Context, typed string, options ...string) Answer {
	GinkgoHelper()
	b.NeedsDisposable("an unfiltered prune takes volumes that are not the suite's")
	return b.dockerPrune(ctx, typed, options)
}

func (b *Box) dockerPrune(ctx context.Context, typed string, options []string) (answer Answer) {
	GinkgoHelper()
	run.Retry(ctx, pruning, func() (again bool) {
		answer = b.DockerAnswering(ctx, typed, append([]string{"volume", "prune"}, options...)...)
		return strings.Contains(answer.Stderr, "a prune operation is already running")
	})
	return answer
}
