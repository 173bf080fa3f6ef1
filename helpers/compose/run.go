package compose

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
)

const (
	// deadline bounds a command that builds and pulls nothing.
	deadline = 90 * time.Second
	// buildDeadline bounds one that may.
	buildDeadline = 10 * time.Minute
	// parting is the time that an interrupted Compose has to end its containers.
	parting = 30 * time.Second
)

// Try runs any Compose command on the project; that it fails is an answer.
// Only a command that cannot be started, or runs into its deadline, fails the spec.
func (p *Project) Try(ctx context.Context, args ...string) sandbox.Answer {
	GinkgoHelper()
	return p.run(ctx, "", "", args)
}

// Do runs any Compose command on the project; where it fails, so does the spec.
func (p *Project) Do(ctx context.Context, args ...string) sandbox.Answer {
	GinkgoHelper()
	answer := p.run(ctx, "", "", args)
	p.insist(answer)
	return answer
}

// insist fails the spec where a deed that had to succeed did not.
func (p *Project) insist(answer sandbox.Answer) {
	GinkgoHelper()
	if answer.ExitCode != 0 {
		Fail(p.failure(answer, fmt.Sprintf("exit code %d", answer.ExitCode)))
	}
}

// failure says what was tried, on which engine, what came back, and of what.
func (p *Project) failure(answer sandbox.Answer, came string) string {
	return fmt.Sprintf("`%s` for project %s in %s, with %s on %s: %s\n%s", answer.Command, p.Name, p.Dir.Path,
		p.tool, p.box.Engine(), came, lastLines(answer.Stderr+answer.Stdout, 25))
}

// run runs a command. Where until is set, it is a foreground command that is
// interrupted, as by Ctrl-C, once it has printed that text.
func (p *Project) run(ctx context.Context, typed, until string, args []string) sandbox.Answer {
	GinkgoHelper()
	files, loads, err := p.prepare(ctx)
	must(err)
	bound := deadline
	if slices.Contains(making, args[0]) {
		if !loads {
			return p.refusal(ctx, args)
		}
		p.needFiles(ctx, args[0])
		bound = buildDeadline
	}
	defer p.turn(ctx, args)()
	ctx, cancel := context.WithTimeout(ctx, bound)
	defer cancel()

	argv := append(slices.Clone(p.tool.Path), "--ansi", "never", "--project-name", p.Name, "--project-directory", p.Dir.Path)
	argv = append(append(argv, files...), args...)
	command := exec.CommandContext(ctx, argv[0], argv[1:]...)
	command.Dir, command.Env, command.Stdin = p.Dir.Path, p.environment(), strings.NewReader(typed)
	command.Cancel = func() error { return interrupt(command.Process) }
	command.WaitDelay = parting
	output := &output{until: until, seen: func() { _ = interrupt(command.Process) }}
	command.Stdout, command.Stderr = output.to(&output.stdout), output.to(&output.stderr)
	if err = command.Start(); err == nil {
		unwatch := p.heed(ctx, args, func() { _ = interrupt(command.Process) })
		err = command.Wait()
		unwatch()
	}

	answer := sandbox.Answer{Command: p.typed(args)}
	answer.Result = engine.Result{Stdout: output.stdout.String(), Stderr: output.stderr.String(), ExitCode: -1}
	if command.ProcessState != nil {
		answer.ExitCode = command.ProcessState.ExitCode()
	}
	started, looked := p.look(ctx)
	p.box.Did(evidence.Step{Did: answer.Command, Saw: saw(answer), Containers: started})
	var exited *exec.ExitError
	switch {
	case ctx.Err() != nil:
		Fail(p.failure(answer, fmt.Sprintf("no end within its deadline (%v)", context.Cause(ctx))))
	case err != nil && !errors.As(err, &exited) && !errors.Is(err, exec.ErrWaitDelay):
		Fail(p.failure(answer, err.Error()))
	}
	must(looked)
	return answer
}

// making are the commands that make things, and may take their time.
var making = []string{"build", "up", "run", "create", "pull"}

// needFiles skips the spec where containers would be made with files of this
// machine that the engine does not see.
func (p *Project) needFiles(ctx context.Context, command string) {
	GinkgoHelper()
	if p.box.Facts().SharesFiles || command == "build" || command == "pull" {
		return
	}
	project, err := p.Model(ctx)
	must(err) // it has loaded a moment ago
	for _, service := range project.Services {
		for _, volume := range service.Volumes {
			if volume.Type == types.VolumeTypeBind {
				p.box.NeedsSharedFiles()
			}
		}
		if len(service.Configs)+len(service.Secrets) > 0 { // Compose binds their files
			p.box.NeedsSharedFiles()
		}
	}
}

// refusal is Compose's own, of a project that does not load. The command itself
// is not typed: should Compose take what compose-go does not, it would make
// things without our labels, on ports that are not ours.
func (p *Project) refusal(ctx context.Context, args []string) sandbox.Answer {
	GinkgoHelper()
	answer := p.run(ctx, "", "", []string{"config", "--quiet"})
	if answer.ExitCode == 0 {
		_, err := p.Model(ctx)
		Fail(p.failure(answer, fmt.Sprintf("Compose takes a project that compose-go refuses (%v), so `%s` is not typed", err, p.typed(args))))
	}
	return answer
}

// typed is the command as a student would type it.
func (p *Project) typed(args []string) string {
	name := "docker compose "
	if p.tool.Origin != Plugin {
		name = "docker-compose "
	}
	return name + strings.Join(args, " ")
}

// saw is an answer for the evidence: Compose says most of it on stderr, and
// where that is no terminal says it twice.
func saw(answer sandbox.Answer) string {
	text, said := fmt.Sprintf("exit code %d", answer.ExitCode), map[string]bool{}
	for line := range strings.Lines(answer.Stderr) {
		if line = strings.TrimSpace(line); line != "" && !said[line] {
			said[line] = true
			text += "\n" + line
		}
	}
	if said := strings.TrimSpace(answer.Stdout); said != "" {
		text += "\n" + said
	}
	return text
}

// environment is this process's, without what would make Compose look at
// another project or another engine.
func (p *Project) environment() []string {
	var all []string
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, "COMPOSE_") {
			all = append(all, variable)
		}
	}
	at := p.box.Engine().Endpoint
	if inherited := os.Getenv("DOCKER_HOST") == "" && at.Explicit; !inherited {
		all = append(all, "DOCKER_HOST="+at.Host, "DOCKER_CONTEXT=")
	} // else a context names it, which may bring TLS files along: Compose resolves it likewise
	if !p.tool.Buildx && os.Getenv("DOCKER_BUILDKIT") == "" {
		// Compose 5 falls back to the classic builder by itself, an earlier one refuses to build.
		all = append(all, "DOCKER_BUILDKIT=0")
	}
	all = append(all, "DOCKER_CLI_HINTS=false")
	for _, name := range slices.Sorted(maps.Keys(p.env)) {
		all = append(all, name+"="+p.env[name])
	}
	return all
}

// interrupt is Ctrl-C. Windows cannot send it to another process.
func interrupt(process *os.Process) error {
	if runtime.GOOS == "windows" {
		return process.Kill()
	}
	return process.Signal(os.Interrupt)
}

// output collects what a command prints and tells as soon as it has printed a text.
type output struct {
	mutex          sync.Mutex
	stdout, stderr bytes.Buffer
	until          string
	seen           func()
	told           bool
}

func (o *output) to(buffer *bytes.Buffer) io.Writer {
	return writer(func(data []byte) (int, error) {
		o.mutex.Lock()
		defer o.mutex.Unlock()
		buffer.Write(data)
		if o.until != "" && !o.told && strings.Contains(buffer.String(), o.until) {
			o.told = true
			o.seen()
		}
		return len(data), nil
	})
}

type writer func([]byte) (int, error)

// Write hands the data on.
func (w writer) Write(data []byte) (int, error) { return w(data) }

func (o *output) found() bool {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.told
}
