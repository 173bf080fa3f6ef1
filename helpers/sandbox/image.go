package sandbox

import (
	"context"
	"errors"
	"fmt"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"

	. "github.com/onsi/ginkgo/v2"
)

// ImageConfig is what an image says of how it is to be run.
func (b *Box) ImageConfig(ctx context.Context, name string) engine.ImageConfig {
	GinkgoHelper()
	found, err := b.run.engine.ImageConfig(ctx, name)
	b.must(err)
	b.did(evidence.Step{Did: "docker image inspect " + name, Saw: fmt.Sprintf("%+v", found)})
	return found
}

// removeImages removes what the run built. That waits for the run's end: an
// engine's builder takes steps from images that another spec built, and fails
// where that spec ends, and they go, in the middle of it.
func (r *Run) removeImages(ctx context.Context) error {
	images, err := r.engine.ListImages(ctx, RunLabel+"="+r.ID)
	problems := []error{err}
	for _, image := range images {
		names := image.Tags
		if len(names) == 0 {
			names = []string{image.ID}
		}
		for _, name := range names {
			if err := r.engine.RemoveImage(ctx, name); !engine.IsNotFound(err) {
				problems = append(problems, err)
			}
		}
	}
	return errors.Join(problems...)
}
