package compose

import (
	"context"
	"errors"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/run"
)

// remove does what `down -v --remove-orphans` does, for what bears this
// project's name or this sandbox's label and nothing else. It asks the engine,
// not Compose: it must also work where the spec has left files that no longer
// load, and takes no grace period. What was built goes when the run ends.
func (p *Project) remove(ctx context.Context) error {
	e := p.box.Engine()
	ours := projectLabel + "=" + p.Name
	var problems []error
	gone := func(err error) {
		if err != nil && !engine.IsNotFound(err) {
			problems = append(problems, err)
		}
	}
	label := run.SpecLabel + "=" + p.box.Labels()[run.SpecLabel]
	// A sandbox's projects may use each other's volumes and images, and end
	// together: first go the containers of all of them.
	for _, labels := range [][]string{{ours}, {projectLabel, label}} {
		containers, err := e.ListContainers(ctx, labels...)
		gone(err)
		for _, c := range containers {
			gone(e.RemoveContainer(ctx, c.ID, true, true))
		}
	}
	volumes, err := e.ListVolumes(ctx, ours)
	gone(err)
	for _, v := range volumes {
		gone(e.RemoveVolume(ctx, v.Name, false))
	}
	for _, name := range p.anonymous {
		gone(e.RemoveVolume(ctx, name, false))
	}
	networks, err := e.ListNetworks(ctx, ours)
	gone(err)
	for _, n := range networks {
		gone(e.RemoveNetwork(ctx, n.ID))
	}
	return errors.Join(problems...)
}
