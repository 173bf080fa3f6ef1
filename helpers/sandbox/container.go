package sandbox

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/run"

	. "github.com/onsi/ginkgo/v2"
)

// grace is the time that a container has between SIGTERM and SIGKILL, as
// Docker's default. The probe needs none of it.
const grace = 10 * time.Second

// Container is a container of a sandbox.
type Container struct {
	ID, Name string
	Answer   // of a container that ran to its end
	box      *Box
	command  probe.Command
	talk     *engine.Session // with its first process, once that was told something
	since    string          // when that process was started
}

// Run runs a probe command in a container of its own, to the end.
func (b *Box) Run(ctx context.Context, command probe.Command, options ...Option) *Container {
	GinkgoHelper()
	c, did := b.create(ctx, command, options)
	b.must(b.run.Engine().StartContainer(ctx, c.ID))
	c.finish(ctx)
	b.did(evidence.Step{Did: "docker run " + did, Saw: c.Answer.String(), Containers: 1})
	c.insist()
	return c
}

// Start starts a container that holds until it is stopped.
func (b *Box) Start(ctx context.Context, options ...Option) *Container {
	GinkgoHelper()
	c, did := b.create(ctx, probe.Hold(), options)
	b.must(b.run.Engine().StartContainer(ctx, c.ID))
	b.did(evidence.Step{Did: "docker run -d " + did, Saw: "it runs", Containers: 1})
	return c
}

// Create creates a container and does not start it.
func (b *Box) Create(ctx context.Context, options ...Option) *Container {
	GinkgoHelper()
	c, did := b.create(ctx, probe.Hold(), options)
	b.did(evidence.Step{Did: "docker create " + did, Saw: "created"})
	return c
}

// TryCreate is Create for specs that are about the refusal.
func (b *Box) TryCreate(ctx context.Context, options ...Option) error {
	spec, did := b.spec(probe.Hold(), options)
	id, _, err := b.run.Engine().CreateContainer(ctx, spec)
	b.did(evidence.Step{Did: "docker create " + did, Saw: said(err, "created")})
	if err == nil {
		b.tidyContainer(id, spec.Name)
	}
	return err
}

func (b *Box) spec(command probe.Command, options []Option) (engine.ContainerSpec, string) {
	spec := engine.ContainerSpec{
		Name: b.Name("container"), Image: b.run.Probe, Cmd: command.Args, Labels: b.Labels(), OpenStdin: command.Holds(),
	}
	for _, option := range options {
		option(&spec)
	}
	return spec, describe(spec, command)
}

func (b *Box) create(ctx context.Context, command probe.Command, options []Option) (*Container, string) {
	GinkgoHelper()
	spec, did := b.spec(command, options)
	id, _, err := b.run.Engine().CreateContainer(ctx, spec)
	b.must(err)
	c := &Container{ID: id, Name: spec.Name, box: b, command: command}
	b.containers = append(b.containers, c)
	b.tidyContainer(id, spec.Name)
	if len(spec.Anonymous) > 0 {
		c.noteAnonymous(ctx)
	}
	return c, did
}

func (b *Box) tidyContainer(id, name string) {
	b.tidy("container "+name, func(ctx context.Context) error { return b.run.Engine().RemoveContainer(ctx, id, true, true) })
}

// noteAnonymous sees to it that the container's anonymous volumes, which can
// bear no label, are removed even where the spec removes the container without them.
func (c *Container) noteAnonymous(ctx context.Context) {
	GinkgoHelper()
	found, err := c.box.run.Engine().InspectContainer(ctx, c.ID)
	c.box.must(err)
	for _, mount := range found.Mounts {
		if run.IsAnonymous(mount.Name) {
			c.box.AdoptVolume(mount.Name)
			// The container goes first, whichever was made last.
			c.box.tidyContainer(c.ID, c.Name)
		}
	}
}

// AnonymousVolume is the container's anonymous volume at a target.
func (c *Container) AnonymousVolume(ctx context.Context, target string) *Volume {
	GinkgoHelper()
	for _, mount := range c.Inspect(ctx).Mounts {
		if mount.Target == target && mount.Type == "volume" {
			return &Volume{Name: mount.Name, box: c.box}
		}
	}
	Fail(fmt.Sprintf("inspect of container %s shows no volume at %s", c.Name, target))
	return nil
}

func describe(spec engine.ContainerSpec, command probe.Command) string {
	words := []string{"--name", spec.Name, "--network", "none"}
	if spec.Network != "" {
		words[3] = spec.Network
	}
	if spec.OpenStdin {
		words = append(words, "-i")
	}
	for _, b := range spec.Binds {
		words = append(words, "-v", b)
	}
	for _, target := range spec.Anonymous {
		words = append(words, "-v", target)
	}
	for target, options := range spec.Tmpfs {
		words = append(words, "--tmpfs", strings.TrimSuffix(target+":"+options, ":"))
	}
	for _, m := range spec.Mounts {
		words = append(words, "--mount", fmt.Sprintf("type=%s,source=%s,target=%s,readonly=%t", m.Type, m.Source, m.Target, m.ReadOnly))
	}
	for _, from := range spec.VolumesFrom {
		words = append(words, "--volumes-from", from)
	}
	return strings.Join(append(words, command.String()), " ")
}

// finish waits for the container's end and collects its answer.
func (c *Container) finish(ctx context.Context) {
	GinkgoHelper()
	code, err := c.box.run.Engine().WaitContainer(ctx, c.ID)
	c.box.must(err)
	stdout, stderr, err := c.box.run.Engine().Logs(ctx, c.ID)
	c.box.must(err)
	c.Answer = Answer{Result: engine.Result{ExitCode: code, Stdout: stdout, Stderr: stderr}, Command: c.command.String()}
}

// insist fails the spec where a deed that had to succeed did not: a
// preparation that failed unnoticed would make the claim look broken.
func (c *Container) insist() {
	GinkgoHelper()
	insist(c.command, c.Answer)
}

func insist(command probe.Command, answer Answer) {
	GinkgoHelper()
	if command.Must && answer.ExitCode != 0 {
		Fail(fmt.Sprintf("%s failed: %s", command, answer))
	}
}

// Exec runs a probe command inside the running container.
func (c *Container) Exec(ctx context.Context, command probe.Command) Answer {
	GinkgoHelper()
	result, err := c.box.run.Engine().Exec(ctx, c.ID, command.Argv(), "")
	c.box.must(err)
	answer := Answer{Result: result, Command: command.String()}
	c.box.did(evidence.Step{Did: "docker exec " + c.Name + " " + answer.Command, Saw: answer.String()})
	insist(command, answer)
	return answer
}

// TryExec is Exec for specs that are about the engine's refusal.
func (c *Container) TryExec(ctx context.Context, command probe.Command) (Answer, error) {
	result, err := c.box.run.Engine().Exec(ctx, c.ID, command.Argv(), "")
	answer := Answer{Result: result, Command: command.String()}
	c.box.did(evidence.Step{Did: "docker exec " + c.Name + " " + answer.Command, Saw: said(err, answer.String())})
	return answer, err
}

// Watch starts a probe command inside the running container and leaves it running.
func (c *Container) Watch(ctx context.Context, command probe.Command) *engine.Watch {
	GinkgoHelper()
	watch, err := c.box.run.Engine().Watch(ctx, c.ID, command.Argv())
	c.box.must(err)
	DeferCleanup(watch.Close)
	return watch
}

// Inspect asks the engine about the container.
func (c *Container) Inspect(ctx context.Context) engine.Container {
	GinkgoHelper()
	found, err := c.box.run.Engine().InspectContainer(ctx, c.ID)
	c.box.must(err)
	c.box.did(evidence.Step{Did: "docker inspect " + c.Name, Saw: fmt.Sprintf("%s, mounts %+v", found.State, found.Mounts)})
	return found
}

// Stop stops the container; Again starts it anew.
func (c *Container) Stop(ctx context.Context) *Container {
	GinkgoHelper()
	return c.event("docker stop", c.box.run.Engine().StopContainer(ctx, c.ID, grace))
}

// Start starts the stopped container.
func (c *Container) Start(ctx context.Context) *Container {
	GinkgoHelper()
	return c.event("docker start", c.box.run.Engine().StartContainer(ctx, c.ID))
}

// RunAgain starts the stopped container and waits for its end.
func (c *Container) RunAgain(ctx context.Context) *Container {
	GinkgoHelper()
	c.Start(ctx).finish(ctx)
	c.insist()
	return c
}

// Restart stops and starts in one go.
func (c *Container) Restart(ctx context.Context) *Container {
	GinkgoHelper()
	return c.event("docker restart", c.box.run.Engine().RestartContainer(ctx, c.ID, grace))
}

// Kill sends SIGKILL and waits until the container has ended.
func (c *Container) Kill(ctx context.Context) *Container {
	GinkgoHelper()
	c.event("docker kill", c.box.run.Engine().KillContainer(ctx, c.ID))
	_, err := c.box.run.Engine().WaitContainer(ctx, c.ID)
	c.box.must(err)
	return c
}

// Pause freezes the container.
func (c *Container) Pause(ctx context.Context) *Container {
	GinkgoHelper()
	return c.event("docker pause", c.box.run.Engine().PauseContainer(ctx, c.ID))
}

// Unpause thaws the container.
func (c *Container) Unpause(ctx context.Context) *Container {
	GinkgoHelper()
	return c.event("docker unpause", c.box.run.Engine().UnpauseContainer(ctx, c.ID))
}

// Remove removes the stopped container, as `docker rm` does.
func (c *Container) Remove(ctx context.Context) {
	GinkgoHelper()
	c.event("docker rm", c.box.run.Engine().RemoveContainer(ctx, c.ID, false, false))
}

// TryRemove is Remove for specs that are about the refusal.
func (c *Container) TryRemove(ctx context.Context) error {
	err := c.box.run.Engine().RemoveContainer(ctx, c.ID, false, false)
	c.box.did(evidence.Step{Did: "docker rm " + c.Name, Saw: said(err, "done")})
	return err
}

// RemoveWithVolumes removes the stopped container, as `docker rm -v` does.
func (c *Container) RemoveWithVolumes(ctx context.Context) {
	GinkgoHelper()
	c.event("docker rm -v", c.box.run.Engine().RemoveContainer(ctx, c.ID, false, true))
}

func (c *Container) event(did string, err error) *Container {
	GinkgoHelper()
	c.box.must(err)
	c.box.did(evidence.Step{Did: did + " " + c.Name, Saw: "done", Containers: starts(strings.TrimPrefix(did, "docker "), 0)})
	return c
}
