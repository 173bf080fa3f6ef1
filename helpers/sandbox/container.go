package sandbox

import (
	"context"
	"fmt"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/run"

	. "github.com/onsi/ginkgo/v2"
)

// stopGrace is the time between SIGTERM and SIGKILL, Docker's default. The
// probe exits at once.
const stopGrace = 10 * time.Second

// Container is a container of a sandbox.
type Container struct {
	ID, Name string
	Answer   // once Run has waited for its end
	box      *Box
	command  probe.Command
	session  *engine.Session // with its first process, once Probe was called
	since    string          // start of that process
}

// Run runs a probe command in a container of its own and waits for its end.
func (b *Box) Run(ctx context.Context, command probe.Command, options ...Option) *Container {
	GinkgoHelper()
	c, spec := b.create(ctx, "run", command, options)
	answer, err := b.finish(ctx, c.ID, command)
	c.Answer = answer
	b.step(err, evidence.Step{Did: describe("run", spec), Saw: answer.String(), Containers: 1})
	answer.requireSuccess(command)
	return c
}

// finish starts a container, waits for its end and returns what it printed.
func (b *Box) finish(ctx context.Context, id string, command probe.Command) (answer Answer, err error) {
	answer.Command = command.String()
	if err = b.Engine().StartContainer(ctx, id); err != nil {
		return answer, err
	}
	if answer.ExitCode, err = b.Engine().WaitContainer(ctx, id); err != nil {
		return answer, err
	}
	answer.Stdout, answer.Stderr, err = b.Engine().Logs(ctx, id)
	return answer, err
}

// Start starts a container that runs until it is stopped, and takes probe commands.
func (b *Box) Start(ctx context.Context, options ...Option) *Container {
	GinkgoHelper()
	c, spec := b.create(ctx, "run -d", probe.Hold(), options)
	b.step(b.Engine().StartContainer(ctx, c.ID), evidence.Step{Did: describe("run -d", spec), Saw: "running", Containers: 1})
	return c
}

// Create creates a container without starting it.
func (b *Box) Create(ctx context.Context, options ...Option) *Container {
	GinkgoHelper()
	c, spec := b.create(ctx, "create", probe.Hold(), options)
	b.Did(evidence.Step{Did: describe("create", spec), Saw: "created"})
	return c
}

func (b *Box) spec(command probe.Command, options []Option) engine.ContainerSpec {
	spec := engine.ContainerSpec{
		Name: b.Name("container"), Image: b.ProbeImage(), Cmd: command.Args, Labels: b.Labels(), OpenStdin: command.Holds(),
	}
	for _, option := range options {
		option(&spec)
	}
	return spec
}

func (b *Box) create(ctx context.Context, verb string, command probe.Command, options []Option) (*Container, engine.ContainerSpec) {
	GinkgoHelper()
	spec := b.spec(command, options)
	id, _, err := b.Engine().CreateContainer(ctx, spec)
	if err != nil {
		b.step(err, evidence.Step{Did: describe(verb, spec)})
	}
	c := &Container{ID: id, Name: spec.Name, box: b, command: command}
	b.containers = append(b.containers, c)
	b.cleanupContainer(id, spec.Name)
	if len(spec.Anonymous) > 0 {
		c.adoptAnonymous(ctx)
	}
	return c, spec
}

func (b *Box) cleanupContainer(id, name string) {
	b.Cleanup("container "+name, func(ctx context.Context) error { return b.Engine().RemoveContainer(ctx, id, true, true) })
}

// adoptAnonymous removes the container's anonymous volumes, which have no
// labels, with the sandbox, even if the spec removes the container without them.
func (c *Container) adoptAnonymous(ctx context.Context) {
	GinkgoHelper()
	found, err := c.box.Engine().InspectContainer(ctx, c.ID)
	c.box.must(err)
	for _, mount := range found.Mounts {
		if run.IsAnonymous(mount.Name) {
			c.box.AdoptVolume(mount.Name)
			c.box.cleanupContainer(c.ID, c.Name) // the container goes before its volumes
		}
	}
}

// Container returns a container of this sandbox that something else created
// and removes.
func (b *Box) Container(id, name string) *Container {
	for _, known := range b.containers {
		if known.ID == id {
			return known
		}
	}
	c := &Container{ID: id, Name: name, box: b}
	b.containers = append(b.containers, c)
	return c
}

// Inspect asks the engine about the container.
func (c *Container) Inspect(ctx context.Context) engine.Container {
	GinkgoHelper()
	found, err := c.box.Engine().InspectContainer(ctx, c.ID)
	c.box.step(err, evidence.Step{Did: "docker inspect " + c.Name, Saw: fmt.Sprintf("%s, mounts %+v", found.State, found.Mounts)})
	return found
}

// Exists reports whether the engine still has the container.
func (c *Container) Exists(ctx context.Context) bool {
	GinkgoHelper()
	_, err := c.box.Engine().InspectContainer(ctx, c.ID)
	return c.box.exists("docker inspect "+c.Name, err)
}

// exists records whether inspect found a resource.
func (b *Box) exists(did string, err error) bool {
	GinkgoHelper()
	b.Did(evidence.Step{Did: did, Saw: outcome(err, "it exists")})
	if engine.IsNotFound(err) {
		return false
	}
	b.must(err)
	return true
}

// Start starts the stopped container again.
func (c *Container) Start(ctx context.Context) *Container {
	GinkgoHelper()
	return c.did("docker start", 1, c.box.Engine().StartContainer(ctx, c.ID))
}

// Stop stops the container.
func (c *Container) Stop(ctx context.Context) *Container {
	GinkgoHelper()
	return c.did("docker stop", 0, c.box.Engine().StopContainer(ctx, c.ID, stopGrace))
}

// Restart stops and starts the container in one call.
func (c *Container) Restart(ctx context.Context) *Container {
	GinkgoHelper()
	return c.did("docker restart", 1, c.box.Engine().RestartContainer(ctx, c.ID, stopGrace))
}

// Kill sends SIGKILL and waits until the container has ended.
func (c *Container) Kill(ctx context.Context) *Container {
	GinkgoHelper()
	c.did("docker kill", 0, c.box.Engine().KillContainer(ctx, c.ID))
	_, err := c.box.Engine().WaitContainer(ctx, c.ID)
	c.box.must(err)
	return c
}

// Pause freezes the container.
func (c *Container) Pause(ctx context.Context) *Container {
	GinkgoHelper()
	return c.did("docker pause", 0, c.box.Engine().PauseContainer(ctx, c.ID))
}

// Unpause resumes the paused container.
func (c *Container) Unpause(ctx context.Context) *Container {
	GinkgoHelper()
	return c.did("docker unpause", 0, c.box.Engine().UnpauseContainer(ctx, c.ID))
}

// Remove removes the stopped container, as `docker rm` does.
func (c *Container) Remove(ctx context.Context) {
	GinkgoHelper()
	c.did("docker rm", 0, c.box.Engine().RemoveContainer(ctx, c.ID, false, false))
}

// RemoveWithVolumes removes the stopped container and its anonymous volumes,
// as `docker rm -v` does.
func (c *Container) RemoveWithVolumes(ctx context.Context) {
	GinkgoHelper()
	c.did("docker rm -v", 0, c.box.Engine().RemoveContainer(ctx, c.ID, false, true))
}

// did records an event of the container and how many containers it started.
func (c *Container) did(command string, started int, err error) *Container {
	GinkgoHelper()
	c.box.step(err, evidence.Step{Did: command + " " + c.Name, Saw: "done", Containers: started})
	return c
}
