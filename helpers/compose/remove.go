package compose

import (
	"context"
	"errors"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/run"
)

// remove does what `down -v --remove-orphans` does, for objects with this
// project's name or this sandbox's label. It asks the engine, not Compose: the
// spec may have left files that no longer load. It waits for no grace period.
// Built images are removed when the run ends.
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
	// Projects of a sandbox may use each other's volumes and images: remove the
	// containers of all of them first.
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
