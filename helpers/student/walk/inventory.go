package walk

import (
	"context"
	"errors"

	"github.com/holdfast/holdfast/helpers/engine"
)

// resource is something that a walk may leave on the engine.
type resource struct{ kind, id string }

// inventory lists the containers, volumes, networks and image tags of an engine.
func inventory(ctx context.Context, e *engine.Engine) (map[resource]bool, error) {
	found := map[resource]bool{}
	containers, containersErr := e.ListContainers(ctx)
	for _, c := range containers {
		found[resource{"container", c.ID}] = true
	}
	volumes, volumesErr := e.ListVolumes(ctx)
	for _, v := range volumes {
		found[resource{"volume", v.Name}] = true
	}
	networks, networksErr := e.ListNetworks(ctx)
	for _, n := range networks {
		found[resource{"network", n.ID}] = true
	}
	images, imagesErr := e.ListImages(ctx)
	for _, i := range images {
		for _, tag := range i.Tags {
			found[resource{"image", tag}] = true
		}
	}
	return found, errors.Join(containersErr, volumesErr, networksErr, imagesErr)
}

// restore removes from a disposable engine what was not there before.
func restore(ctx context.Context, e *engine.Engine, before map[resource]bool) error {
	now, err := inventory(ctx, e)
	if err != nil {
		return err
	}
	var problems []error
	for _, each := range []struct {
		kind   string
		remove func(id string) error
	}{ // containers first, since they use the rest
		{"container", func(id string) error { return e.RemoveContainer(ctx, id, true, true) }},
		{"volume", func(id string) error { return e.RemoveVolume(ctx, id, false) }},
		{"network", func(id string) error { return e.RemoveNetwork(ctx, id) }},
		{"image", func(id string) error { return e.RemoveImage(ctx, id) }},
	} {
		for left := range now {
			if left.kind != each.kind || before[left] {
				continue
			}
			if err := each.remove(left.id); err != nil && !engine.IsNotFound(err) {
				problems = append(problems, err)
			}
		}
	}
	return errors.Join(problems...)
}
