package ephemeral

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sync/errgroup"
)

// atOnce is how many containers are handled concurrently.
const atOnce = 8

// runMany runs the same probe command in n containers, each to its end.
func runMany(ctx context.Context, box *sandbox.Box, n int, command probe.Command) []sandbox.Answer {
	GinkgoHelper()
	box.Cleanup(fmt.Sprintf("%d containers", n), func(ctx context.Context) error { return removeAll(ctx, box, true) })
	answers, specs := make([]sandbox.Answer, n), make([]engine.ContainerSpec, n)
	for i := range specs {
		answers[i].Command = command.String()
		specs[i] = engine.ContainerSpec{Name: box.Name("container"), Image: box.ProbeImage(), Cmd: command.Args, Labels: box.Labels()}
	}
	Expect(concurrently(n, func(i int) (err error) {
		answers[i].Result, err = run(ctx, box.Engine(), specs[i])
		return err
	})).To(Succeed())
	box.Did(evidence.Step{Did: fmt.Sprintf("API: create, start and wait for %d containers: %s", n, command), Saw: "all ended", Containers: n})
	return answers
}

// run runs one container to its end.
func run(ctx context.Context, e *engine.Engine, spec engine.ContainerSpec) (result engine.Result, err error) {
	id, _, err := e.CreateContainer(ctx, spec)
	if err != nil {
		return result, err
	}
	if err = e.StartContainer(ctx, id); err != nil {
		return result, err
	}
	if result.ExitCode, err = e.WaitContainer(ctx, id); err != nil {
		return result, err
	}
	result.Stdout, result.Stderr, err = e.Logs(ctx, id)
	return result, err
}

// removeAll removes the sandbox's containers, as `docker rm` does.
func removeAll(ctx context.Context, box *sandbox.Box, force bool) error {
	left, err := list(ctx, box)
	box.Did(evidence.Step{Did: fmt.Sprintf("API: remove each of these containers, by force %t", force), Saw: fmt.Sprint(len(left))})
	return errors.Join(err, concurrently(len(left), func(i int) error {
		if err := box.Engine().RemoveContainer(ctx, left[i].ID, force, force); !engine.IsNotFound(err) {
			return err
		}
		return nil
	}))
}

// list lists the sandbox's containers, running or not.
func list(ctx context.Context, box *sandbox.Box) ([]engine.Container, error) {
	_, label, _ := strings.Cut(box.Filter(), "=")
	all, err := box.Engine().ListContainers(ctx, label)
	box.Did(evidence.Step{Did: "docker ps -a --filter " + box.Filter(), Saw: fmt.Sprintf("%d containers, error %v", len(all), err)})
	return all, err
}

// concurrently calls do for 0 to n-1 and returns the first error.
func concurrently(n int, do func(i int) error) error {
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i := range n {
		group.Go(func() error { return do(i) })
	}
	return group.Wait()
}
