package sandbox

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/probe"

	. "github.com/onsi/ginkgo/v2"
)

// ExecEach runs probe commands inside the running container, one after the
// other, in a single exec: an engine takes ten times as long for an exec as the
// kernel does for most of what is asked. What an exec itself has to tell
// (that it ended so, printed that) is for Exec.
func (c *Container) ExecEach(ctx context.Context, commands ...probe.Command) []Answer {
	GinkgoHelper()
	command := probe.Each(commands...)
	result, err := c.box.run.engine.Exec(ctx, c.ID, command.Argv(), "")
	c.box.must(err)
	var ended []probe.Ended
	if err := json.Unmarshal([]byte(result.Stdout), &ended); err != nil || len(ended) != len(commands) {
		Fail(fmt.Sprintf("docker exec %s %s on %s told of %d of %d deeds: %s (%v)", c.Name, command, c.box.run.engine, len(ended), len(commands), Answer{Result: result}, err))
	}
	answers := make([]Answer, len(commands))
	for i, one := range ended {
		answers[i] = Answer{Result: engine.Result{ExitCode: one.Code, Stdout: one.Stdout, Stderr: one.Stderr}, Command: commands[i].String()}
		c.box.did(evidence.Step{Did: "docker exec " + c.Name + " " + answers[i].Command, Saw: answers[i].String()})
		insist(commands[i], answers[i])
	}
	return answers
}
