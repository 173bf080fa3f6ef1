package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
)

// floor measures the engine's own time, in seconds, for one bare container
// lifecycle (create, start, wait, remove; no network, no mounts): the wall time of
// several, with as many workers as the suite has processes, divided by their number.
func (b *bench) floor(ctx context.Context, lives int) (seconds float64, err error) {
	began := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(b.procs)
	for i := range lives {
		group.Go(func() error { return b.lifecycle(ctx, fmt.Sprintf("holdfast-bench-%d-%d", began.UnixNano(), i)) })
	}
	err = group.Wait()
	return time.Since(began).Seconds() / float64(lives), err
}

// lifecycle runs one bare container lifecycle.
func (b *bench) lifecycle(ctx context.Context, name string) error {
	id, _, err := b.engine.CreateContainer(ctx, engine.ContainerSpec{Name: name, Image: b.probe, Cmd: probe.Read(probe.Seed + "/seed.txt").Args})
	if err != nil {
		return err
	}
	if err = b.engine.StartContainer(ctx, id); err == nil {
		_, err = b.engine.WaitContainer(ctx, id)
	}
	// An interrupted bench must leave no container behind.
	return errors.Join(err, b.engine.RemoveContainer(context.WithoutCancel(ctx), id, err != nil, true))
}
