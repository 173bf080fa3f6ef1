package walk

import (
	"context"
	"errors"
	"slices"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/run"
)

// resource is something that a walk may leave on the engine.
type resource struct{ kind, id string }

// kinds lists the kinds of resources in the order of their removal.
var kinds = []string{"container", "volume", "network", "image"}

// inventory lists the containers, volumes, networks and image tags of an engine, except
// for those of this run and the engine's own.
func inventory(ctx context.Context, e *engine.Engine) (map[resource]bool, error) {
	found := map[resource]bool{}
	add := func(kind, id string, labels map[string]string) {
		if labels[run.Label] == "" {
			found[resource{kind, id}] = true
		}
	}
	containers, containersErr := e.ListContainers(ctx)
	for _, c := range containers {
		add("container", c.ID, c.Labels)
	}
	volumes, volumesErr := e.ListVolumes(ctx)
	for _, v := range volumes {
		add("volume", v.Name, v.Labels)
	}
	networks, networksErr := e.ListNetworks(ctx)
	for _, n := range networks {
		if !slices.Contains([]string{"bridge", "host", "none", "podman"}, n.Name) {
			add("network", n.ID, n.Labels)
		}
	}
	images, imagesErr := e.ListImages(ctx)
	for _, i := range images {
		for _, tag := range i.Tags {
			add("image", tag, i.Labels)
		}
	}
	return found, errors.Join(containersErr, volumesErr, networksErr, imagesErr)
}

// clean removes the containers, volumes and networks that are on a disposable engine,
// so that each lesson begins as on a fresh one. It returns what is left.
func clean(ctx context.Context, e *engine.Engine) (left map[resource]bool, err error) {
	found, err := inventory(ctx, e)
	if err != nil {
		return nil, err
	}
	keep := map[resource]bool{}
	for each := range found {
		keep[each] = each.kind == "image"
	}
	if err := restore(ctx, e, keep); err != nil {
		return nil, err
	}
	return inventory(ctx, e)
}

// restore removes from a disposable engine what is not in keep.
func restore(ctx context.Context, e *engine.Engine, keep map[resource]bool) error {
	found, err := inventory(ctx, e)
	if err != nil {
		return err
	}
	var problems []error
	for _, each := range surplus(found, keep) {
		var err error
		switch each.kind {
		case "container":
			err = e.RemoveContainer(ctx, each.id, true, true)
		case "volume":
			err = e.RemoveVolume(ctx, each.id, false)
		case "network":
			err = e.RemoveNetwork(ctx, each.id)
		case "image":
			err = e.RemoveImage(ctx, each.id)
		}
		if err != nil && !engine.IsNotFound(err) {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}

// surplus returns what is not in keep, containers first, since they use the rest.
func surplus(found, keep map[resource]bool) (all []resource) {
	for _, kind := range kinds {
		for each := range found {
			if each.kind == kind && !keep[each] {
				all = append(all, each)
			}
		}
	}
	return all
}
