package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
)

// floor is the engine's own time for one bare container life (create, start,
// wait, remove; no network, no mounts) where as many lanes are at work as the
// suite has processes: the time that passes, divided by the lives.
func (b *bench) floor(ctx context.Context, lives int) (seconds float64, err error) {
	began := time.Now()
	turns := make(chan int)
	problems := make([]error, b.procs)
	var wait sync.WaitGroup
	for lane := range b.procs {
		wait.Go(func() {
			for turn := range turns {
				if problems[lane] == nil {
					problems[lane] = b.live(ctx, fmt.Sprintf("holdfast-bench-%d-%d", began.UnixNano(), turn))
				}
			}
		})
	}
	for turn := range lives {
		turns <- turn
	}
	close(turns)
	wait.Wait()
	return time.Since(began).Seconds() / float64(lives), errors.Join(problems...)
}

// live is one bare life.
func (b *bench) live(ctx context.Context, name string) error {
	id, _, err := b.engine.CreateContainer(ctx, engine.ContainerSpec{Name: name, Image: b.probe, Cmd: probe.Read(probe.Seed + "/seed.txt").Args})
	if err != nil {
		return err
	}
	if err = b.engine.StartContainer(ctx, id); err == nil {
		_, err = b.engine.WaitContainer(ctx, id)
	}
	// An interrupted bench leaves no container behind.
	return errors.Join(err, b.engine.RemoveContainer(context.WithoutCancel(ctx), id, err != nil, true))
}
