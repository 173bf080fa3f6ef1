package sandbox

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

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

// removeImages removes what a run built. That waits for the run's end: an
// engine's builder takes steps from images that another spec built, and fails
// where that spec ends, and they go, in the middle of it. A name that somebody
// else gave such an image is left alone, and the image with it.
func removeImages(ctx context.Context, e *engine.Engine, id string) error {
	// Containerd's image store keeps a step as an image of its own, which can
	// only go when what was built on it has gone: so again, while that helps.
	for before := math.MaxInt; ; {
		images, err := e.ListImages(ctx, RunLabel+"="+id)
		problems := []error{err}
		for _, image := range images {
			problems = append(problems, removeImage(ctx, e, id, image))
		}
		if len(images) == 0 || len(images) >= before {
			return errors.Join(problems...)
		}
		before = len(images)
	}
}

func removeImage(ctx context.Context, e *engine.Engine, id string, image engine.Image) error {
	if len(image.Tags) == 0 {
		if err := removeUntagged(ctx, e, image.ID); !engine.IsNotFound(err) {
			return err
		}
		return nil
	}
	var problems []error
	for _, name := range image.Tags {
		if !strings.HasPrefix(unqualified(name), "holdfast-"+id+"-") {
			continue
		}
		if err := e.RemoveImage(ctx, name); !engine.IsNotFound(err) {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}

// unqualified is an image's name without the registry that Podman adds to what
// is built or loaded under a short one.
func unqualified(name string) string {
	for _, registry := range []string{"docker.io/library/", "localhost/"} {
		if short, added := strings.CutPrefix(name, registry); added {
			return short
		}
	}
	return name
}
