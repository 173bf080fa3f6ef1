package compose

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/nested"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Up is `up -d`: it returns once every container has started. Further flags
// follow, such as --wait for services with a health check.
func (p *Project) Up(ctx context.Context, flags ...string) sandbox.Answer {
	GinkgoHelper()
	return p.Do(ctx, append([]string{"up", "-d"}, flags...)...)
}

// UpForeground is `up`. It presses Ctrl-C once the output contains the text
// until; if that is empty, it waits until the services end by themselves.
func (p *Project) UpForeground(ctx context.Context, until string, flags ...string) sandbox.Answer {
	GinkgoHelper()
	return p.requireOutput(p.TryUpForeground(ctx, until, flags...), until)
}

// UpOnTerminal is UpForeground on a terminal, where Compose words its progress
// differently.
func (p *Project) UpOnTerminal(ctx context.Context, until string) sandbox.Answer {
	GinkgoHelper()
	return p.requireOutput(p.run(ctx, call{args: []string{"up"}, until: until, terminal: true}), until)
}

func (p *Project) requireOutput(answer sandbox.Answer, text string) sandbox.Answer {
	GinkgoHelper()
	if !strings.Contains(answer.Stdout, text) && !strings.Contains(answer.Stderr, text) {
		Fail(p.failure(answer, fmt.Sprintf("it ended with exit code %d and never printed %q", answer.ExitCode, text)))
	}
	return answer
}

// TryUpForeground is UpForeground for specs about the output: it does not require
// the text.
func (p *Project) TryUpForeground(ctx context.Context, until string, flags ...string) sandbox.Answer {
	GinkgoHelper()
	return p.run(ctx, call{args: append([]string{"up"}, flags...), until: until})
}

// Down is `down`: it removes containers and networks, and keeps named volumes.
func (p *Project) Down(ctx context.Context) sandbox.Answer {
	GinkgoHelper()
	return p.Do(ctx, "down")
}

// DownVolumes is `down -v`.
func (p *Project) DownVolumes(ctx context.Context) sandbox.Answer {
	GinkgoHelper()
	return p.Do(ctx, "down", "-v")
}

// Recreate is `up -d --force-recreate`. The flag -V renews anonymous volumes.
func (p *Project) Recreate(ctx context.Context, flags ...string) sandbox.Answer {
	GinkgoHelper()
	return p.Up(ctx, append([]string{"--force-recreate"}, flags...)...)
}

// Restart is `restart` of all services or the named ones.
func (p *Project) Restart(ctx context.Context, services ...string) sandbox.Answer {
	GinkgoHelper()
	return p.Do(ctx, append([]string{"restart"}, services...)...)
}

// Stop is `stop` of all services or the named ones.
func (p *Project) Stop(ctx context.Context, services ...string) sandbox.Answer {
	GinkgoHelper()
	return p.Do(ctx, append([]string{"stop"}, services...)...)
}

// Start is `start` of all services or the named ones.
func (p *Project) Start(ctx context.Context, services ...string) sandbox.Answer {
	GinkgoHelper()
	return p.Do(ctx, append([]string{"start"}, services...)...)
}

// Kill is `kill`: it sends SIGKILL and waits until the containers have ended.
func (p *Project) Kill(ctx context.Context, services ...string) sandbox.Answer {
	GinkgoHelper()
	answer := p.Do(ctx, append([]string{"kill"}, services...)...)
	if len(services) == 0 {
		services = []string{""}
	}
	for _, service := range services {
		all, err := p.containers(ctx, service)
		must(err)
		for _, c := range all {
			_, err := p.box.Engine().WaitContainer(ctx, c.ID)
			must(err)
		}
	}
	return answer
}

// Create is `create`: it creates containers, networks and volumes and starts nothing.
func (p *Project) Create(ctx context.Context, flags ...string) sandbox.Answer {
	GinkgoHelper()
	return p.Do(ctx, append([]string{"create"}, flags...)...)
}

// Build is `build`. It uses base images that the engine has, without a pull.
func (p *Project) Build(ctx context.Context, services ...string) sandbox.Answer {
	GinkgoHelper()
	return p.Do(ctx, append([]string{"build"}, services...)...)
}

// Cp is `cp`. One of the paths starts with "SERVICE:".
func (p *Project) Cp(ctx context.Context, from, to string) sandbox.Answer {
	GinkgoHelper()
	return p.Do(ctx, "cp", from, to)
}

// Watch is `watch --no-up`. Once Compose watches the files, it calls change, and then
// presses Ctrl-C.
func (p *Project) Watch(ctx context.Context, change func()) sandbox.Answer {
	GinkgoHelper()
	return p.run(ctx, call{args: []string{"watch", "--no-up"}, until: "Watch enabled", first: change})
}

// Exec is `exec -T`. The program may fail.
func (p *Project) Exec(ctx context.Context, service string, command ...string) sandbox.Answer {
	GinkgoHelper()
	return p.Try(ctx, append([]string{"exec", "-T", service}, command...)...)
}

// Run is `run --rm -T`. The program may fail.
func (p *Project) Run(ctx context.Context, service string, command ...string) sandbox.Answer {
	GinkgoHelper()
	return p.Try(ctx, append([]string{"run", "--rm", "-T", service}, command...)...)
}

// Config is `config`: the project as Compose reads it.
func (p *Project) Config(ctx context.Context) sandbox.Answer {
	GinkgoHelper()
	return p.Try(ctx, "config")
}

// Logs is `logs` of one service without prefixes. Compose drops a last line
// without a newline; AwaitLog and AwaitEnd, which ask the engine, include it.
func (p *Project) Logs(ctx context.Context, service string) string {
	GinkgoHelper()
	return p.Do(ctx, "logs", "--no-color", "--no-log-prefix", service).Stdout
}

// AwaitLog waits until the service has logged the text on either stream, and
// returns its log so far. The spec fails if the context or the container ends
// first.
func (p *Project) AwaitLog(ctx context.Context, service, text string) (log string) {
	GinkgoHelper()
	began := time.Now()
	container := p.Service(ctx, service)
	description := func() string { return fmt.Sprintf("the log of service %s of project %s", service, p.Name) }
	Eventually(ctx, func() (string, error) {
		state, err := p.box.Engine().InspectContainer(ctx, container.ID)
		if err != nil {
			return "", StopTrying(err.Error())
		}
		stdout, stderr, err := p.box.Engine().Logs(ctx, container.ID)
		if err != nil {
			return "", StopTrying(err.Error())
		}
		log = stdout + stderr
		if ended := state.State != "running" && state.State != "restarting"; ended && !strings.Contains(log, text) {
			return log, StopTrying(fmt.Sprintf("the container is %s (exit code %d); the end of its log:\n%s", state.State, state.ExitCode, nested.LastLines(log, 25)))
		}
		return log, nil
	}).WithTimeout(deadline).WithPolling(50*time.Millisecond).Should(ContainSubstring(text), description)
	p.box.Did(evidence.Step{Did: fmt.Sprintf("API: wait until %s logs %q", service, text), Saw: fmt.Sprintf("after %.1f s: %s", time.Since(began).Seconds(), nested.LastLines(log, 10))})
	return log
}

// AwaitEnd waits until the service's container has ended, and returns its output
// and exit code.
func (p *Project) AwaitEnd(ctx context.Context, service string) sandbox.Answer {
	GinkgoHelper()
	container := p.Service(ctx, service)
	code, err := p.box.Engine().WaitContainer(ctx, container.ID)
	must(err)
	stdout, stderr, err := p.box.Engine().Logs(ctx, container.ID)
	must(err)
	answer := sandbox.Answer{Command: "service " + service, Result: engine.Result{ExitCode: code, Stdout: stdout, Stderr: stderr}}
	p.box.Did(evidence.Step{Did: "API: wait until service " + service + " ends", Saw: answer.String()})
	return answer
}

// Port returns the port of the engine's host that is published for the service's
// port, for engine.Dial and engine.HTTP. It may change when the container is
// started again.
func (p *Project) Port(ctx context.Context, service string, port int) string {
	GinkgoHelper()
	published, err := p.TryPort(ctx, service, port)
	must(err)
	return published
}

// TryPort is Port for specs about whether the port is published.
func (p *Project) TryPort(ctx context.Context, service string, port int) (string, error) {
	GinkgoHelper()
	seen, ok := p.Container(ctx, service)
	if !ok {
		return "", fmt.Errorf("project %s has no container of service %q that could publish port %d", p.Name, service, port)
	}
	if number := seen.Published[strconv.Itoa(port)+"/tcp"]; number != "" && number != "0" {
		return number, nil
	}
	return "", fmt.Errorf("the container of service %s of project %s is %s and does not publish port %d: %v", service, p.Name, seen.State, port, seen.Published)
}
