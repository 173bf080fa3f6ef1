package sandbox

import (
	"context"
	"regexp"

	"github.com/holdfast/holdfast/helpers/engine"
)

// user finds the container that Podman says to use an image.
var user = regexp.MustCompile(`image used by ([0-9a-f]{64})`)

// removeUntagged removes an image that has no name. Where a build fails, Podman 4.3
// keeps the container that it worked in, which holds the image, and
// which no list shows: that goes first. A container that the engine does know
// is somebody's, and is left alone.
func removeUntagged(ctx context.Context, e *engine.Engine, id string) error {
	err := e.RemoveImage(ctx, id)
	if !engine.IsConflict(err) || e.Facts.Name != "podman" {
		return err
	}
	found := user.FindStringSubmatch(err.Error())
	if found == nil {
		return err
	}
	if _, known := e.InspectContainer(ctx, found[1]); !engine.IsNotFound(known) {
		return err
	}
	if err := e.RemoveContainer(ctx, found[1], true, false); err != nil && !engine.IsNotFound(err) {
		return err
	}
	return e.RemoveImage(ctx, id)
}
