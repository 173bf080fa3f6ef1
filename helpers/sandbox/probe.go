package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/run"

	. "github.com/onsi/ginkgo/v2"
)

// Probe runs a probe command in a container that Box.Start started. The
// container's first process starts it: it has the same mounts, users and
// limits as a process of an exec, and costs the engine nothing. Specs about
// exec itself use Exec.
func (c *Container) Probe(ctx context.Context, command probe.Command) Answer {
	GinkgoHelper()
	session := c.attach(ctx)
	if session == nil {
		return c.Exec(ctx, command)
	}
	line, err := session.Ask(ctx, probe.Line(command))
	c.box.must(err)
	var ended probe.Ended
	if err := json.Unmarshal(line, &ended); err != nil {
		Fail(fmt.Sprintf("container %s answered %q to %s: %v", c.Name, line, command, err))
	}
	return c.answer("API: attached to "+c.Name+": "+command.String(), command, ended)
}

// ProbeEach runs probe commands one after the other, whether they fail or
// not. In a container that Box.Start did not start it takes a single exec.
func (c *Container) ProbeEach(ctx context.Context, commands ...probe.Command) []Answer {
	GinkgoHelper()
	answers := make([]Answer, len(commands))
	if c.command.Holds() {
		for i, command := range commands {
			answers[i] = c.Probe(ctx, command)
		}
		return answers
	}
	each := probe.Each(commands...)
	result, err := c.box.Engine().Exec(ctx, c.ID, each.Argv(), "")
	c.box.must(err)
	ended, err := probe.Answers(result.Stdout, len(commands))
	if err != nil {
		Fail(fmt.Sprintf("docker exec %s %s on %s: %v; %s", c.Name, each, c.box.Engine(), err, Answer{Result: result}))
	}
	for i, command := range commands {
		answers[i] = c.answer(c.execCommand(command), command, ended[i])
	}
	return answers
}

// Exec runs a probe command in the running container, as `docker exec` does.
func (c *Container) Exec(ctx context.Context, command probe.Command) Answer {
	GinkgoHelper()
	result, err := c.box.Engine().Exec(ctx, c.ID, command.Argv(), "")
	answer := Answer{Result: result, Command: command.String()}
	c.box.step(err, evidence.Step{Did: c.execCommand(command), Saw: answer.String()})
	answer.requireSuccess(command)
	return answer
}

// watch starts a probe command in the running container and leaves it running.
func (c *Container) watch(ctx context.Context, command probe.Command) *engine.Watch {
	GinkgoHelper()
	watch, err := c.box.Engine().Watch(ctx, c.ID, command.Argv())
	c.box.must(err)
	DeferCleanup(watch.Close)
	return watch
}

func (c *Container) execCommand(command probe.Command) string {
	return evidence.Command(slices.Concat([]string{"docker", "exec", c.Name}, command.Argv())...)
}

func (c *Container) answer(did string, command probe.Command, ended probe.Ended) Answer {
	GinkgoHelper()
	answer := Answer{Result: engine.Result{ExitCode: ended.Code, Stdout: string(ended.Stdout), Stderr: string(ended.Stderr)}, Command: command.String()}
	c.box.Did(evidence.Step{Did: did, Saw: answer.String()})
	answer.requireSuccess(command)
	return answer
}

// attach returns a session with the container's first process, and reuses the
// one there is if the process is still the same. It returns nil if that
// session has ended: Podman, which leaves containers running when it restarts,
// may have closed their input.
func (c *Container) attach(ctx context.Context) *engine.Session {
	GinkgoHelper()
	if !c.command.Holds() {
		Fail("Probe needs a container that Box.Start started: " + c.Name + " runs another program, use Exec")
	}
	found, err := c.inspectUnpaused(ctx)
	c.box.must(err)
	if found.State != "running" {
		Fail(fmt.Sprintf("container %s on %s is %s, not running", c.Name, c.box.Engine(), found.State))
	}
	if c.session != nil && c.since == found.StartedAt {
		if c.session.Ended() {
			return nil
		}
		return c.session
	}
	if c.session != nil {
		c.session.Close()
	}
	c.session, err = c.box.Engine().Attach(ctx, c.ID, probe.Greeting)
	c.box.must(err)
	c.since = found.StartedAt
	DeferCleanup(c.session.Close)
	return c.session
}

// inspectUnpaused inspects the container, and waits while it is paused: Docker
// may record a pause only after the container runs again, and then reports it
// as paused for a moment.
func (c *Container) inspectUnpaused(ctx context.Context) (found engine.Container, err error) {
	run.Retry(ctx, 2*time.Second, func() (done bool) {
		found, err = c.box.Engine().InspectContainer(ctx, c.ID)
		return err != nil || found.State != "paused"
	})
	return found, err
}
