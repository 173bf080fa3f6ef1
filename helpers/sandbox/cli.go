package sandbox

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"

	. "github.com/onsi/ginkgo/v2"
)

// cliLimit bounds one docker command.
const cliLimit = time.Minute

// Docker types a docker command at the engine under test, as a user would: the
// environment leads the CLI to the same engine as the suite. The spec is
// skipped if this machine has no docker CLI. Resources that the command
// creates need LabelFlags, or AdoptVolume.
func (b *Box) Docker(ctx context.Context, args ...string) Answer {
	GinkgoHelper()
	return b.docker(ctx, "", args)
}

// DockerRun types `docker run` with that name, no network, and the sandbox's
// labels. The container is removed with the sandbox.
func (b *Box) DockerRun(ctx context.Context, name string, args ...string) Answer {
	GinkgoHelper()
	b.cleanupContainer(name, name)
	return b.docker(ctx, "", slices.Concat([]string{"run", "--name", name, "--network", "none"}, b.LabelFlags(), args))
}

func (b *Box) docker(ctx context.Context, input string, args []string) Answer {
	GinkgoHelper()
	path, err := exec.LookPath("docker")
	if err != nil {
		Skip("this machine has no docker CLI in PATH: the output of its commands cannot be judged")
	}
	ctx, cancel := context.WithTimeout(ctx, cliLimit)
	defer cancel()
	var stdout, stderr bytes.Buffer
	command := exec.CommandContext(ctx, path, args...)
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(input), &stdout, &stderr
	err = command.Run()
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) || ctx.Err() != nil {
		b.must(errors.Join(err, ctx.Err()))
	}
	answer := Answer{
		Result:  engine.Result{ExitCode: command.ProcessState.ExitCode(), Stdout: stdout.String(), Stderr: stderr.String()},
		Command: evidence.Command(append([]string{"docker"}, args...)...),
	}
	did := answer.Command
	if input != "" {
		did = evidence.Command("printf", "%s", input) + " | " + did
	}
	b.Did(evidence.Step{Did: did, Saw: answer.String(), Containers: started(args[0], answer.ExitCode)})
	return answer
}

// started returns how many containers a docker command started. Docker exits
// with 125 to 127 if it could not start one.
func started(verb string, exitCode int) int {
	switch {
	case verb == "run" && (exitCode < 125 || exitCode > 127), (verb == "start" || verb == "restart") && exitCode == 0:
		return 1
	}
	return 0
}
