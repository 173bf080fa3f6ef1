package compose

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
)

// Up is `up -d`: it returns when every container was started. Further flags
// follow, such as --wait for services that have a health check and do not end.
func (p *Project) Up(ctx context.Context, flags ...string) sandbox.Answer {
	GinkgoHelper()
	return p.Do(ctx, append([]string{"up", "-d"}, flags...)...)
}

// UpForeground is `up`, as the lesson types it. Where until is empty the
// services end by themselves; else Ctrl-C is typed once that text was printed.
func (p *Project) UpForeground(ctx context.Context, until string, flags ...string) sandbox.Answer {
	GinkgoHelper()
	answer := p.TryUpForeground(ctx, until, flags...)
	if !strings.Contains(answer.Stdout, until) && !strings.Contains(answer.Stderr, until) {
		Fail(p.failure(answer, fmt.Sprintf("it ended with exit code %d and never printed %q", answer.ExitCode, until)))
	}
	return answer
}

// TryUpForeground is UpForeground for specs that are about what is printed:
// that the services ended without that text is an answer.
func (p *Project) TryUpForeground(ctx context.Context, until string, flags ...string) sandbox.Answer {
	GinkgoHelper()
	return p.run(ctx, "", until, append([]string{"up"}, flags...))
}

// Down is `down`: containers and networks go, named volumes stay.
func (p *Project) Down(ctx context.Context) sandbox.Answer {
	GinkgoHelper()
	return p.Do(ctx, "down")
}

// DownVolumes is `down -v`.
func (p *Project) DownVolumes(ctx context.Context) sandbox.Answer {
	GinkgoHelper()
	return p.Do(ctx, "down", "-v")
}

// Recreate is `up -d --force-recreate`; "-V" among the flags renews anonymous volumes.
func (p *Project) Recreate(ctx context.Context, flags ...string) sandbox.Answer {
	GinkgoHelper()
	return p.Up(ctx, append([]string{"--force-recreate"}, flags...)...)
}

// Restart is `restart`, of all services or the named ones.
func (p *Project) Restart(ctx context.Context, services ...string) sandbox.Answer {
	GinkgoHelper()
	return p.Do(ctx, append([]string{"restart"}, services...)...)
}

// Stop is `stop`, of all services or the named ones.
func (p *Project) Stop(ctx context.Context, services ...string) sandbox.Answer {
	GinkgoHelper()
	return p.Do(ctx, append([]string{"stop"}, services...)...)
}

// Start is `start`, of all services or the named ones.
func (p *Project) Start(ctx context.Context, services ...string) sandbox.Answer {
	GinkgoHelper()
	return p.Do(ctx, append([]string{"start"}, services...)...)
}

// Kill is `kill`, SIGKILL, and waits until the containers have ended.
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

// Create is `create`: containers, networks and volumes, nothing started.
func (p *Project) Create(ctx context.Context, flags ...string) sandbox.Answer {
	GinkgoHelper()
	return p.Do(ctx, append([]string{"create"}, flags...)...)
}

// Build is `build`. An image that a Dockerfile is FROM and that the engine
// has is used as it is: nothing is pulled.
func (p *Project) Build(ctx context.Context, services ...string) sandbox.Answer {
	GinkgoHelper()
	return p.Do(ctx, append([]string{"build"}, services...)...)
}

// Cp is `cp`; one of both begins with SERVICE and a colon.
func (p *Project) Cp(ctx context.Context, from, to string) sandbox.Answer {
	GinkgoHelper()
	return p.Do(ctx, "cp", from, to)
}

// Exec is `exec -T`: how the program ended is an answer.
func (p *Project) Exec(ctx context.Context, service string, command ...string) sandbox.Answer {
	GinkgoHelper()
	return p.Try(ctx, append([]string{"exec", "-T", service}, command...)...)
}

// Run is `run --rm -T`: how the program ended is an answer.
func (p *Project) Run(ctx context.Context, service string, command ...string) sandbox.Answer {
	GinkgoHelper()
	return p.Try(ctx, append([]string{"run", "--rm", "-T", service}, command...)...)
}

// Config is `config`: the project as Compose itself reads it.
func (p *Project) Config(ctx context.Context) sandbox.Answer {
	GinkgoHelper()
	return p.Try(ctx, "config")
}

// Logs is `logs` of one service, of its lines only. Compose leaves out a last
// line that no newline ends; AwaitLog and AwaitEnd, which ask the engine, have it.
func (p *Project) Logs(ctx context.Context, service string) string {
	GinkgoHelper()
	return p.Do(ctx, "logs", "--no-color", "--no-log-prefix", service).Stdout
}

// AwaitLog waits until the service has logged the text, on whichever stream,
// and returns its log so far. The spec fails where the context ends first, or
// the container does without the text.
func (p *Project) AwaitLog(ctx context.Context, service, text string) string {
	GinkgoHelper()
	began, did := time.Now(), fmt.Sprintf("wait until %s logs %q", service, text)
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	container := p.Service(ctx, service)
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		state, err := p.box.Engine().InspectContainer(ctx, container.ID)
		must(err)
		stdout, stderr, err := p.box.Engine().Logs(ctx, container.ID)
		must(err)
		log := stdout + stderr
		switch {
		case strings.Contains(log, text):
			p.box.Did(evidence.Step{Did: did, Saw: fmt.Sprintf("after %.1f s: %s", time.Since(began).Seconds(), lastLines(log, 10))})
			return log
		case state.State != "running" && state.State != "restarting":
			Fail(fmt.Sprintf("service %s of project %s is %s (exit code %d) and never logged %q; its log ends:\n%s", service, p.Name, state.State, state.ExitCode, text, lastLines(log, 25)))
		}
		select {
		case <-ctx.Done():
			Fail(fmt.Sprintf("service %s of project %s did not log %q within %.0f s; its log ends:\n%s", service, p.Name, text, time.Since(began).Seconds(), lastLines(log, 25)))
		case <-ticker.C:
		}
	}
}

// AwaitEnd waits until the service's container has ended, and returns what it
// printed and how it ended.
func (p *Project) AwaitEnd(ctx context.Context, service string) sandbox.Answer {
	GinkgoHelper()
	container := p.Service(ctx, service)
	code, err := p.box.Engine().WaitContainer(ctx, container.ID)
	must(err)
	stdout, stderr, err := p.box.Engine().Logs(ctx, container.ID)
	must(err)
	answer := sandbox.Answer{Command: "service " + service, Result: engine.Result{ExitCode: code, Stdout: stdout, Stderr: stderr}}
	p.box.Did(evidence.Step{Did: "wait until service " + service + " ends", Saw: answer.String()})
	return answer
}

// Port is the port of the engine's host that reaches the service's port, for
// engine.Dial and engine.HTTP. A container that is started again may get
// another one: ask again.
func (p *Project) Port(ctx context.Context, service string, port int) string {
	GinkgoHelper()
	published, err := p.TryPort(ctx, service, port)
	must(err)
	return published
}

// TryPort is Port for specs that are about whether the port is published.
func (p *Project) TryPort(ctx context.Context, service string, port int) (string, error) {
	GinkgoHelper()
	seen, ok := p.Container(ctx, service)
	if !ok {
		return "", fmt.Errorf("project %s has no container of service %q, and so publishes no port %d of it", p.Name, service, port)
	}
	if number := seen.Published[strconv.Itoa(port)+"/tcp"]; number != "" && number != "0" {
		return number, nil
	}
	return "", fmt.Errorf("the container of service %s of project %s is %s, and publishes no port %d: %v", service, p.Name, seen.State, port, seen.Published)
}
