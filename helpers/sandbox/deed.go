package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/run"

	. "github.com/onsi/ginkgo/v2"
)

// Probe has a container that Start made do a probe's deed, in a process of its
// own that the container's first one starts: it has the same mounts, users and
// limits as one that an exec starts, and takes an engine no time. What an exec
// itself has to tell (that it is refused, or ended so) is for Exec.
func (c *Container) Probe(ctx context.Context, command probe.Command) Answer {
	GinkgoHelper()
	talk := c.attach(ctx)
	if talk == nil {
		return c.Exec(ctx, command)
	}
	line, err := talk.Ask(ctx, probe.Line(command))
	c.box.must(err)
	var ended probe.Ended
	if err := json.Unmarshal(line, &ended); err != nil {
		Fail(fmt.Sprintf("container %s answered %q on %s: %v", c.Name, line, command, err))
	}
	return c.done("in "+c.Name+": ", command, ended)
}

// ProbeEach does deeds one after the other, whatever becomes of those before. A
// container whose first process is not ours does them in a single exec.
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
	result, err := c.box.run.Engine().Exec(ctx, c.ID, each.Argv(), "")
	c.box.must(err)
	ended, err := probe.Answers(result.Stdout, len(commands))
	if err != nil {
		Fail(fmt.Sprintf("docker exec %s %s on %s: %v; %s", c.Name, each, c.box.run.Engine(), err, Answer{Result: result}))
	}
	for i, command := range commands {
		answers[i] = c.done("docker exec "+c.Name+" ", command, ended[i])
	}
	return answers
}

func (c *Container) done(how string, command probe.Command, ended probe.Ended) Answer {
	GinkgoHelper()
	answer := Answer{Result: engine.Result{ExitCode: ended.Code, Stdout: string(ended.Stdout), Stderr: string(ended.Stderr)}, Command: command.String()}
	c.box.did(evidence.Step{Did: how + answer.Command, Saw: answer.String()})
	insist(command, answer)
	return answer
}

// attach is the connection to the container's first process: the one there is,
// where that is still the same process. It is nil where the same process is
// out of reach: an engine that restarts and leaves containers undisturbed
// (Podman) may have closed their input.
func (c *Container) attach(ctx context.Context) *engine.Session {
	GinkgoHelper()
	if !c.command.Holds() {
		Fail("Do is for what Start started: container " + c.Name + " has another program, use Exec")
	}
	found, err := c.thawed(ctx)
	c.box.must(err)
	if found.State != "running" {
		Fail(fmt.Sprintf("container %s on %s should be running and is %s", c.Name, c.box.run.Engine(), found.State))
	}
	if c.talk != nil && c.since == found.StartedAt {
		if c.talk.Ended() {
			return nil
		}
		return c.talk
	}
	if c.talk != nil {
		c.talk.Close()
	}
	c.talk, err = c.box.run.Engine().Attach(ctx, c.ID, probe.Greeting)
	c.box.must(err)
	c.since = found.StartedAt
	DeferCleanup(c.talk.Close)
	return c.talk
}

// thawed is the container as the engine sees it, a late pause aside: Docker
// notes a pause when it is told that it has happened, which may be when the
// container runs again, and then calls it paused for a moment.
func (c *Container) thawed(ctx context.Context) (found engine.Container, err error) {
	run.Retry(ctx, 2*time.Second, func() (again bool) {
		found, err = c.box.run.Engine().InspectContainer(ctx, c.ID)
		return err == nil && found.State == "paused"
	})
	return found, err
}
