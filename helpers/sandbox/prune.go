package sandbox

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/run"

	. "github.com/onsi/ginkgo/v2"
)

// pruneLimit bounds the wait for the prunes of other specs: an engine refuses
// one while another is under way.
const pruneLimit = 20 * time.Second

// Unfiltered makes a prune take every unused volume of the engine, which must
// be disposable. Without it, prunes are limited to the sandbox's own volumes.
const Unfiltered = "unfiltered"

// pruneFlags turns the options of a prune into the flags of `docker volume prune`.
func (b *Box) pruneFlags(options []string) []string {
	GinkgoHelper()
	if slices.Contains(options, Unfiltered) {
		b.NeedsDisposable("an unfiltered prune removes volumes that are not the suite's")
		return slices.DeleteFunc(slices.Clone(options), func(option string) bool { return option == Unfiltered })
	}
	return append(slices.Clone(options), "--filter", b.Filter())
}

// PruneVolumes prunes unused volumes through the API and returns the names of
// those that were removed. Options are filters ("all=true") and Unfiltered.
func (b *Box) PruneVolumes(ctx context.Context, options ...string) (removed []string) {
	GinkgoHelper()
	words, filters := []string{"docker", "volume", "prune", "--force"}, map[string]string{}
	for _, option := range b.pruneFlags(options) {
		if key, value, isFilter := strings.Cut(option, "="); isFilter {
			filters[key] = value
			words = append(words, "--filter", option)
		}
	}
	var err error
	run.Retry(ctx, pruneLimit, func() (done bool) {
		removed, err = b.Engine().PruneVolumes(ctx, filters)
		return !engine.IsConflict(err)
	})
	b.step(err, evidence.Step{Did: evidence.Command(words...), Saw: fmt.Sprintf("removed %d: %s", len(removed), strings.Join(removed, " "))})
	return removed
}

// DockerPrune types `docker volume prune`, and the input at its prompt.
// Options are flags of the command and Unfiltered.
func (b *Box) DockerPrune(ctx context.Context, input string, options ...string) (answer Answer) {
	GinkgoHelper()
	words := append([]string{"volume", "prune"}, b.pruneFlags(options)...)
	run.Retry(ctx, pruneLimit, func() (done bool) {
		answer = b.docker(ctx, input, words)
		return !strings.Contains(answer.Stderr, "a prune operation is already running")
	})
	return answer
}
