package compose

import (
	"context"
	"slices"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/run"

	. "github.com/onsi/ginkgo/v2"
)

const (
	// turnTimeout bounds the wait for a turn: a foreground command may build first.
	turnTimeout = 3 * time.Minute
	// endNotice is how long Compose may take to notice that its containers have ended.
	endNotice = 10 * time.Second
)

// lifecycle are the commands that start or stop containers.
var lifecycle = []string{"up", "create", "run", "start", "restart", "stop", "kill", "rm", "down"}

// foreground reports whether a command stays attached to its containers.
func foreground(args []string) bool {
	return args[0] == "up" && !slices.ContainsFunc(args, func(arg string) bool {
		return slices.Contains([]string{"-d", "--detach", "--wait", "--no-start", "--help"}, arg)
	})
}

// turn keeps a foreground `up` apart from the containers that the run's other
// processes start, on Podman only. Podman combines two labels in an event filter
// with "or" (https://github.com/containers/podman/pull/10534), Docker with "and":
// an attached Compose takes the containers of all projects for its own, prints
// their logs and waits for their end. Call done after the command.
func (p *Project) turn(ctx context.Context, args []string) (done func()) {
	GinkgoHelper()
	if p.box.Facts().Name != "podman" || !slices.Contains(lifecycle, args[0]) {
		return func() {}
	}
	ctx, cancel := context.WithTimeout(ctx, turnTimeout)
	defer cancel()
	done, err := run.From(ctx).Turn(ctx, foreground(args))
	must(err)
	return done
}

// watchEnd calls interrupt if all containers of a foreground command have ended
// and Compose does not notice, on Podman only: there the event stream may start
// after a short-lived container has ended, and Compose waits forever. This does
// not affect the containers' data. Call end after the command.
func (p *Project) watchEnd(ctx context.Context, args []string, interrupt func()) (end func()) {
	if p.box.Facts().Name != "podman" || !foreground(args) {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	interrupted := make(chan bool, 1)
	go func() {
		missed := p.missedEnd(ctx)
		if missed {
			interrupt()
		}
		interrupted <- missed
	}()
	return func() {
		cancel()
		if <-interrupted {
			p.box.Did(evidence.Step{Did: "press Ctrl-C", Saw: "Compose did not notice for " + endNotice.String() + " that its containers had ended"})
		}
	}
}

// missedEnd returns true once all containers of the project have been stopped
// for longer than endNotice, and false if ctx ends first.
func (p *Project) missedEnd(ctx context.Context) bool {
	ticker := time.NewTicker(endNotice / 20)
	defer ticker.Stop()
	var since time.Time
	for {
		select {
		case <-ctx.Done():
			return false
		case <-ticker.C:
		}
		all, err := p.containers(ctx, "")
		alive := func(c engine.Container) bool { return c.State != "exited" }
		switch {
		case err != nil || len(all) == 0 || slices.ContainsFunc(all, alive):
			since = time.Time{}
		case since.IsZero():
			since = time.Now()
		case time.Since(since) > endNotice:
			return true
		}
	}
}
