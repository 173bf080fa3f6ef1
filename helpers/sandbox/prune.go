package sandbox

import (
	"context"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"

	. "github.com/onsi/ginkgo/v2"
)

// pruning bounds how long a prune waits for the prunes of other specs.
const pruning = 20 * time.Second

// prune asks for a prune until the engine has the time: it refuses one while
// another, of a spec in another process, is under way.
func (b *Box) prune(ctx context.Context, filter map[string]string) (removed []string, err error) {
	whileBusy(ctx, pruning, func() (busy bool) {
		removed, err = b.run.engine.PruneVolumes(ctx, filter)
		return engine.IsConflict(err)
	})
	return removed, err
}

// DockerPrune types `docker volume prune` at the sandbox's own volumes, and
// what is typed at its prompt.
func (b *Box) DockerPrune(ctx context.Context, typed string, options ...string) Answer {
	GinkgoHelper()
	return b.dockerPrune(ctx, typed, append(options, "--filter", "label="+SpecLabel+"="+b.id))
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
	whileBusy(ctx, pruning, func() (busy bool) {
		answer = b.DockerAnswering(ctx, typed, append([]string{"volume", "prune"}, options...)...)
		return strings.Contains(answer.Stderr, "a prune operation is already running")
	})
	return answer
}

// whileBusy attempts again and again what finds the engine busy, until the
// limit or the context ends.
func whileBusy(ctx context.Context, limit time.Duration, attempt func() (busy bool)) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for attempt() {
		select {
		case <-again.C:
		case <-ctx.Done():
			return
		}
	}
}
