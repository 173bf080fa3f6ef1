package sandbox

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/run"

	. "github.com/onsi/ginkgo/v2"
)

// atOnce is how many containers of a fleet are in flight together.
const atOnce = 8

// Fleet is a number of identical containers.
type Fleet struct {
	Containers []*Container
	box        *Box
}

// Fleet runs the same probe command in that many containers, each to its end.
func (b *Box) Fleet(ctx context.Context, size int, command probe.Command, options ...Option) *Fleet {
	GinkgoHelper()
	fleet := &Fleet{box: b, Containers: make([]*Container, size)}
	b.tidy("a fleet of containers", fleet.sink)
	specs := make([]engine.ContainerSpec, size)
	var did string
	for i := range specs {
		specs[i], did = b.spec(command, options)
	}
	e := b.run.Engine()
	b.must(fleet.each(func(i int) error {
		id, _, err := e.CreateContainer(ctx, specs[i])
		if err != nil {
			return err
		}
		c := &Container{ID: id, Name: specs[i].Name, box: b, command: command}
		if err := e.StartContainer(ctx, id); err != nil {
			return err
		}
		result := engine.Result{}
		if result.ExitCode, err = e.WaitContainer(ctx, id); err != nil {
			return err
		}
		result.Stdout, result.Stderr, err = e.Logs(ctx, id)
		c.Answer = Answer{Result: result, Command: command.String()}
		fleet.Containers[i] = c
		return err
	}))
	b.did(evidence.Step{Did: fmt.Sprintf("%d times: docker run %s", size, did), Saw: "all ended", Containers: size})
	for _, c := range fleet.Containers {
		c.insist()
	}
	return fleet
}

// Remove removes the containers, as `docker rm` does.
func (f *Fleet) Remove(ctx context.Context) {
	GinkgoHelper()
	f.box.must(f.each(func(i int) error {
		return f.box.run.Engine().RemoveContainer(ctx, f.Containers[i].ID, false, false)
	}))
	f.box.did(evidence.Step{Did: fmt.Sprintf("docker rm, for each of %d containers", len(f.Containers)), Saw: "done"})
}

// sink removes what is still there.
func (f *Fleet) sink(ctx context.Context) error {
	left, err := f.box.run.Engine().ListContainers(ctx, run.SpecLabel+"="+f.box.id)
	for _, c := range left {
		if removed := f.box.run.Engine().RemoveContainer(ctx, c.ID, true, true); !engine.IsNotFound(removed) {
			err = errors.Join(err, removed)
		}
	}
	return err
}

func (f *Fleet) each(do func(i int) error) error {
	var wait sync.WaitGroup
	problems := make([]error, len(f.Containers))
	turns := make(chan int)
	for range atOnce {
		wait.Go(func() {
			for i := range turns {
				problems[i] = do(i)
			}
		})
	}
	for i := range f.Containers {
		turns <- i
	}
	close(turns)
	wait.Wait()
	return errors.Join(problems...)
}
