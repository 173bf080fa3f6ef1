package sandbox

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"

	. "github.com/onsi/ginkgo/v2"
)

// cliTimeout bounds one docker command.
const cliTimeout = time.Minute

// Docker types a docker command, as a student would, at the engine under test:
// the environment leads the CLI to the same engine as it led this suite.
// The spec is skipped where this machine has no docker CLI. What the command
// makes must bear the sandbox's labels (LabelFlags), or be adopted by name.
func (b *Box) Docker(ctx context.Context, args ...string) Answer {
	GinkgoHelper()
	return b.DockerAnswering(ctx, "", args...)
}

// DockerAnswering is Docker with something typed at the command's prompts.
func (b *Box) DockerAnswering(ctx context.Context, typed string, args ...string) Answer {
	GinkgoHelper()
	path, err := exec.LookPath("docker")
	if err != nil {
		Skip("this machine has no docker CLI in PATH: what its commands print cannot be seen")
	}
	ctx, cancel := context.WithTimeout(ctx, cliTimeout)
	defer cancel()
	var stdout, stderr bytes.Buffer
	command := exec.CommandContext(ctx, path, args...)
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(typed), &stdout, &stderr
	err = command.Run()
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) || ctx.Err() != nil {
		b.must(errors.Join(err, ctx.Err()))
	}
	answer := Answer{
		Result:  engine.Result{ExitCode: command.ProcessState.ExitCode(), Stdout: stdout.String(), Stderr: stderr.String()},
		Command: "docker " + strings.Join(args, " "),
	}
	b.did(evidence.Step{Did: answer.Command, Saw: answer.String(), Containers: starts(args[0], answer.ExitCode)})
	return answer
}

// starts counts the containers that a docker command started: docker itself
// exits with 125 to 127 where it could not start one.
func starts(verb string, exitCode int) int {
	switch {
	case verb == "run" && (exitCode < 125 || exitCode > 127), (verb == "start" || verb == "restart") && exitCode == 0:
		return 1
	}
	return 0
}

// LabelFlags are the flags that give what a docker command creates the
// sandbox's labels.
func (b *Box) LabelFlags() []string {
	var flags []string
	for key, value := range b.Labels() {
		flags = append(flags, "--label", key+"="+value)
	}
	return flags
}

// ProbeImage is the reference of the probe image, for commands that name an image.
func (b *Box) ProbeImage() string { return b.run.Probe }

// AdoptContainer sees to it that a container of that name, which a command is
// about to create with the sandbox's labels, is removed with the sandbox.
func (b *Box) AdoptContainer(name string) { b.tidyContainer(name, name) }
