package run

import (
	"context"
	"errors"
	"math"
	"regexp"
	"strings"

	"github.com/holdfast/holdfast/helpers/engine"
)

// removeImages removes the images that a run built. It waits for the run's
// end: a builder reuses steps of images that another spec built, and fails if
// they disappear meanwhile. An image keeps any name that another user gave it.
func removeImages(ctx context.Context, e *engine.Engine, id string) error {
	// Containerd's image store keeps a build step as an image of its own, which
	// can only go after what was built on it: repeat while that helps.
	for before := math.MaxInt; ; {
		images, err := e.ListImages(ctx, Label+"="+id)
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

// unqualified returns an image's name without the registry that Podman adds to
// what is built or loaded under a short one.
func unqualified(name string) string {
	for _, registry := range []string{"docker.io/library/", "localhost/"} {
		if short, added := strings.CutPrefix(name, registry); added {
			return short
		}
	}
	return name
}

// imageUser matches the container that Podman names as an image's user.
var imageUser = regexp.MustCompile(`image used by ([0-9a-f]{64})`)

// removeUntagged removes an image without a name. After a failed build, Podman
// 4.3 keeps the working container, which uses the image and is in no list: it
// goes first. A container that the engine lists belongs to someone and stays.
func removeUntagged(ctx context.Context, e *engine.Engine, id string) error {
	err := e.RemoveImage(ctx, id)
	if !engine.IsConflict(err) || e.Facts.Name != "podman" {
		return err
	}
	found := imageUser.FindStringSubmatch(err.Error())
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
