package compose

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/creack/pty"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/nested"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
)

const (
	// deadline bounds a command that neither builds nor pulls.
	deadline = 90 * time.Second
	// buildDeadline bounds a command that may build or pull.
	buildDeadline = 10 * time.Minute
	// stopping bounds how long an interrupted Compose may take to stop its containers.
	stopping = 30 * time.Second
)

// creating are the commands that create objects, and may build and pull.
var creating = []string{"build", "up", "run", "create", "pull"}

// call is one Compose command.
type call struct {
	args     []string
	until    string // the output at which to press Ctrl-C, for a foreground command
	first    func() // what to do at that output before Ctrl-C is pressed
	terminal bool   // run it on a terminal
}

// Try runs a Compose command on the project and returns how it ended. The spec
// fails only if the command cannot be started or exceeds its deadline.
func (p *Project) Try(ctx context.Context, args ...string) sandbox.Answer {
	GinkgoHelper()
	return p.run(ctx, call{args: args})
}

// Do runs a Compose command on the project. If it fails, so does the spec.
func (p *Project) Do(ctx context.Context, args ...string) sandbox.Answer {
	GinkgoHelper()
	answer := p.Try(ctx, args...)
	if answer.ExitCode != 0 {
		Fail(p.failure(answer, fmt.Sprintf("exit code %d", answer.ExitCode)))
	}
	return answer
}

// failure describes a failed command: where it ran, why it failed, and its last output.
func (p *Project) failure(answer sandbox.Answer, reason string) string {
	return fmt.Sprintf("`%s` for project %s in %s, with %s on %s: %s\n%s", answer.Command, p.Name, p.Dir.Path,
		p.tool, p.box.Engine(), reason, nested.LastLines(answer.Stderr+answer.Stdout, 25))
}

func (p *Project) run(ctx context.Context, c call) sandbox.Answer {
	GinkgoHelper()
	files, loads, err := p.prepare(ctx)
	must(err)
	timeout := deadline
	if slices.Contains(creating, c.args[0]) {
		if !loads {
			return p.refusal(ctx, c.args)
		}
		p.needFiles(ctx, c.args[0])
		timeout = buildDeadline
	}
	defer p.turn(ctx, c.args)()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	command := p.command(ctx, files, c)
	ctrlC := func() { _ = interrupt(command.Process) }
	var reaction sync.WaitGroup
	out := &output{until: c.until, seen: func() {
		reaction.Go(func() {
			defer GinkgoRecover()
			defer ctrlC()
			if c.first != nil {
				c.first()
			}
		})
	}}
	if c.terminal {
		err = onTerminal(command, out)
	} else {
		command.Stdout, command.Stderr = out.to(&out.stdout), out.to(&out.stderr)
		if err = command.Start(); err == nil {
			end := p.watchEnd(ctx, c.args, ctrlC)
			err = command.Wait()
			end()
		}
	}
	reaction.Wait()

	answer := sandbox.Answer{Command: p.typed(c.args)}
	answer.Result = engine.Result{Stdout: out.stdout.String(), Stderr: out.stderr.String(), ExitCode: -1}
	if command.ProcessState != nil {
		answer.ExitCode = command.ProcessState.ExitCode()
	}
	started, looked := p.look(ctx)
	did := answer.Command
	if c.terminal {
		did += ", on a terminal"
	}
	p.box.Did(evidence.Step{Did: did, Saw: saw(answer), Containers: started})
	var exited *exec.ExitError
	switch {
	case ctx.Err() != nil:
		Fail(p.failure(answer, fmt.Sprintf("it did not end within its deadline (%v)", context.Cause(ctx))))
	case err != nil && !errors.As(err, &exited) && !errors.Is(err, exec.ErrWaitDelay):
		Fail(p.failure(answer, err.Error()))
	}
	must(looked)
	return answer
}

func (p *Project) command(ctx context.Context, files []string, c call) *exec.Cmd {
	argv := slices.Clone(p.tool.Path)
	env := p.environment()
	if c.terminal {
		env = append(env, "TERM=xterm", "COMPOSE_MENU=0")
	} else {
		argv = append(argv, "--ansi", "never")
	}
	argv = append(argv, "--project-name", p.Name, "--project-directory", p.Dir.Path)
	argv = append(append(argv, files...), c.args...)
	command := exec.CommandContext(ctx, argv[0], argv[1:]...)
	command.Dir, command.Env = p.Dir.Path, env
	command.Cancel = func() error { return interrupt(command.Process) }
	command.WaitDelay = stopping
	return command
}

// control matches the sequences that move a terminal's cursor and set its colours.
var control = regexp.MustCompile(`\x1b(\[[0-9;?]*[ -/]*[@-~]|[78=>])`)

// onTerminal runs a command on a terminal. Its output is collected without
// control sequences: what overwrites a line on the terminal follows it there.
func onTerminal(command *exec.Cmd, out *output) error {
	GinkgoHelper()
	terminal, err := pty.StartWithSize(command, &pty.Winsize{Rows: 40, Cols: 200})
	if errors.Is(err, pty.ErrUnsupported) {
		Skip("needs a pseudo-terminal, which this machine does not have")
	}
	if err != nil {
		return err
	}
	defer terminal.Close()
	_, err = io.Copy(out.to(&out.stdout), terminal)
	if errors.Is(err, syscall.EIO) || errors.Is(err, os.ErrClosed) {
		err = nil // the program closed its side
	}
	shown := strings.ReplaceAll(control.ReplaceAllString(out.stdout.String(), ""), "\r", "\n")
	out.stdout.Reset()
	out.stdout.WriteString(shown)
	if ended := command.Wait(); err == nil {
		err = ended
	}
	return err
}

// needFiles skips the spec if containers would bind files of this machine that
// the engine cannot see.
func (p *Project) needFiles(ctx context.Context, command string) {
	GinkgoHelper()
	if p.box.Facts().SharesFiles || command == "build" || command == "pull" {
		return
	}
	project, err := p.Model(ctx)
	must(err) // it has just loaded
	for _, service := range project.Services {
		binds := slices.ContainsFunc(service.Volumes, func(v types.ServiceVolumeConfig) bool { return v.Type == types.VolumeTypeBind })
		if binds || len(service.Configs)+len(service.Secrets) > 0 { // Compose binds the files of configs and secrets
			p.box.NeedsSharedFiles()
		}
	}
}

// refusal returns how Compose refuses a project that does not load. It runs
// `config` in place of the command: if Compose accepted what compose-go refuses,
// the command would create objects without our labels and on fixed ports.
func (p *Project) refusal(ctx context.Context, args []string) sandbox.Answer {
	GinkgoHelper()
	answer := p.Try(ctx, "config", "--quiet")
	if answer.ExitCode == 0 {
		_, err := p.Model(ctx)
		Fail(p.failure(answer, fmt.Sprintf("Compose accepts a project that compose-go refuses (%v), so `%s` was not run", err, p.typed(args))))
	}
	return answer
}

// typed returns the command as a user types it.
func (p *Project) typed(args []string) string {
	name := "docker compose "
	if p.tool.Origin != Plugin {
		name = "docker-compose "
	}
	return name + strings.Join(args, " ")
}

// environment returns this process's environment without the variables that
// select another project or engine.
func (p *Project) environment() []string {
	env := slices.DeleteFunc(os.Environ(), func(variable string) bool { return strings.HasPrefix(variable, "COMPOSE_") })
	at := p.box.Engine().Endpoint
	// An explicit endpoint without DOCKER_HOST is a docker context, which may have
	// TLS files: Compose resolves it by itself.
	if os.Getenv("DOCKER_HOST") != "" || !at.Explicit {
		env = append(env, "DOCKER_HOST="+at.Host, "DOCKER_CONTEXT=")
	}
	if !p.tool.Buildx && os.Getenv("DOCKER_BUILDKIT") == "" {
		env = append(env, "DOCKER_BUILDKIT=0") // before Compose 5, a build fails otherwise
	}
	env = append(env, "DOCKER_CLI_HINTS=false")
	for name, value := range p.env {
		env = append(env, name+"="+value)
	}
	return env
}

// interrupt is Ctrl-C. Windows cannot send it to another process.
func interrupt(process *os.Process) error {
	if runtime.GOOS == "windows" {
		return process.Kill()
	}
	return process.Signal(os.Interrupt)
}
