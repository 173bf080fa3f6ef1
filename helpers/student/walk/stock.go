package walk

import (
	"context"
	"errors"
	"strings"

	"github.com/holdfast/holdfast/helpers/engine"
)

// thing is what a walk may leave on the engine.
type thing struct{ kind, id string }

// stock lists the containers, volumes, networks and images of an engine.
func stock(ctx context.Context, e *engine.Engine) (map[thing]bool, error) {
	found := map[thing]bool{}
	containers, err := e.ListContainers(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range containers {
		found[thing{"container", c.ID}] = true
	}
	volumes, err := e.ListVolumes(ctx)
	if err != nil {
		return nil, err
	}
	for _, v := range volumes {
		found[thing{"volume", v.Name}] = true
	}
	networks, err := e.ListNetworks(ctx)
	if err != nil {
		return nil, err
	}
	for _, n := range networks {
		found[thing{"network", n.ID}] = true
	}
	images, err := e.ListImages(ctx)
	if err != nil {
		return nil, err
	}
	for _, i := range images {
		for _, tag := range i.Tags {
			found[thing{"image", tag}] = true
		}
	}
	return found, nil
}

// restore removes from a disposable engine what was not there before the walk:
// containers first, since they hold the rest.
func restore(ctx context.Context, e *engine.Engine, before map[thing]bool) error {
	now, err := stock(ctx, e)
	if err != nil {
		return err
	}
	var problems []error
	for _, kind := range []string{"container", "volume", "network", "image"} {
		for each := range now {
			if each.kind != kind || before[each] {
				continue
			}
			var err error
			switch kind {
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
	}
	return errors.Join(problems...)
}

func joined(lines []string) string { return strings.Join(lines, "\n") }
