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
	// queueing bounds the wait for a turn: a command in the foreground may build first.
	queueing = 3 * time.Minute
	// unnoticed is how long Compose may take to see that its containers have ended.
	unnoticed = 10 * time.Second
)

// stirring are the commands by which containers start or end.
var stirring = []string{"up", "create", "run", "start", "restart", "stop", "kill", "rm", "down"}

// foreground tells whether a command stays with its containers until they end.
func foreground(args []string) bool {
	return args[0] == "up" && !slices.ContainsFunc(args, func(arg string) bool {
		return slices.Contains([]string{"-d", "--detach", "--wait", "--no-start", "--help"}, arg)
	})
}

// turn keeps an `up` in the foreground apart from what the run's other
// processes start meanwhile, on Podman only. That takes two labels in an event
// filter for alternatives (its pull request 10534) where Docker wants both: an
// attached Compose takes the containers of every project for its own, prints
// what they log and waits for their end. It returns what ends the turn.
func (p *Project) turn(ctx context.Context, args []string) (done func()) {
	GinkgoHelper()
	if p.box.Facts().Name != "podman" || !slices.Contains(stirring, args[0]) {
		return func() {}
	}
	ctx, cancel := context.WithTimeout(ctx, queueing)
	defer cancel()
	done, err := run.From(ctx).Turn(ctx, foreground(args))
	must(err)
	return done
}

// heed types Ctrl-C at a foreground command whose containers have all ended
// without its noticing, on Podman only: there the stream of events may begin
// after a short-lived container has ended, and Compose waits forever. What
// becomes of the containers' data is not Compose's to say. It returns what ends
// the watch once the command has ended.
func (p *Project) heed(ctx context.Context, args []string, interrupt func()) (end func()) {
	if p.box.Facts().Name != "podman" || !foreground(args) {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	told := make(chan bool, 1)
	go func() {
		unheard := p.endsUnheard(ctx)
		if unheard {
			interrupt()
		}
		told <- unheard
	}()
	return func() {
		cancel()
		if <-told {
			p.box.Did(evidence.Step{Did: "type Ctrl-C", Saw: "Compose had not noticed that its containers ended " + unnoticed.String() + " before"})
		}
	}
}

// endsUnheard returns true once all the project's containers have been at
// their end for too long, and false where the context ends first.
func (p *Project) endsUnheard(ctx context.Context) bool {
	ticker := time.NewTicker(unnoticed / 20)
	defer ticker.Stop()
	var since time.Time
	for {
		select {
		case <-ctx.Done():
			return false
		case <-ticker.C:
		}
		all, err := p.containers(ctx, "")
		lives := func(c engine.Container) bool { return c.State != "exited" }
		switch {
		case err != nil || len(all) == 0 || slices.ContainsFunc(all, lives):
			since = time.Time{}
		case since.IsZero():
			since = time.Now()
		case time.Since(since) > unnoticed:
			return true
		}
	}
}
