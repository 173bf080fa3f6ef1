package engine

import (
	"context"
	"errors"
)

// Inventory lists everything on an engine.
type Inventory struct {
	Containers []Container
	Volumes    []Volume
	Networks   []Network
	Images     []Image
}

// Inventory lists the containers, volumes, networks and images on the engine.
func (e *Engine) Inventory(ctx context.Context) (i Inventory, err error) {
	var problems [4]error
	i.Containers, problems[0] = e.ListContainers(ctx)
	i.Volumes, problems[1] = e.ListVolumes(ctx)
	i.Networks, problems[2] = e.ListNetworks(ctx)
	i.Images, problems[3] = e.ListImages(ctx)
	return i, errors.Join(problems[:]...)
}
