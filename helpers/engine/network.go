package engine

import (
	"context"

	"github.com/docker/docker/api/types/network"
)

// Network is an entry of the network list.
type Network struct {
	ID, Name string
	Labels   map[string]string
}

// ListNetworks lists the networks with all of the labels.
func (e *Engine) ListNetworks(ctx context.Context, labels ...string) ([]Network, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	listed, err := e.api.NetworkList(ctx, network.ListOptions{Filters: labelled(labels)})
	var out []Network
	for _, n := range listed {
		out = append(out, Network{ID: n.ID, Name: n.Name, Labels: n.Labels})
	}
	return out, e.failed(err, "listing networks")
}

// RemoveNetwork removes a network by id.
func (e *Engine) RemoveNetwork(ctx context.Context, id string) error {
	return e.do(ctx, "removing network "+id, func(ctx context.Context) error { return e.api.NetworkRemove(ctx, id) })
}
