package images

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
)

// patience bounds a pull. Without a network it must fail soon; a slow pull that
// makes progress must continue.
type patience struct{ first, stall, whole time.Duration }

var usual = patience{first: 15 * time.Second, stall: time.Minute, whole: 15 * time.Minute}

// pull pulls the image from its registry, or from the mirror of Docker Hub.
func (c *chain) pull(ctx context.Context) (*Image, error) {
	if !c.policy.Pull {
		return nil, next("not tried: pulling is off")
	}
	from := c.ref.Familiar()
	if c.policy.Mirror != "" && c.ref.hub() {
		from = c.ref.at(c.policy.Mirror)
	}
	c.progress.line("pulling %s", from)
	began := time.Now()
	if err := pull(ctx, c.engine, from, c.progress, usual); err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("pulling %s: %w", from, err)
		}
		c.progress.line("could not pull %s: %v", from, err)
		return nil, next("%s: %v (after %.1f s)", from, err, time.Since(began).Seconds())
	}
	if from != c.ref.Familiar() && !c.ref.pinned() {
		// Dockerfiles and compose files use the plain name. The mirror's name
		// stays too: it says where the image came from.
		if found, err := c.present(ctx); err != nil || found != nil {
			return found, err
		}
		if err := c.engine.TagImage(ctx, from, c.ref.Familiar()); err != nil {
			return nil, err
		}
	}
	found, err := c.present(ctx)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, next("%s was pulled, but the engine does not find it as %s", from, c.ref.Familiar())
	}
	c.progress.line("pulled %s in %.1f s", from, time.Since(began).Seconds())
	found.Used, found.Source = from, Pulled
	found.Description = "pulled from " + from + " by this run" + strings.TrimPrefix(found.Description, "in the engine already")
	return found, nil
}

func pull(ctx context.Context, e *engine.Engine, ref string, out *progress, bound patience) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	whole := time.AfterFunc(bound.whole, func() { cancel(fmt.Errorf("stopped after %v", bound.whole)) })
	defer whole.Stop()
	stall := time.AfterFunc(bound.first, func() {
		cancel(fmt.Errorf("stopped without progress (limits: %v to the first progress, %v to the next)", bound.first, bound.stall))
	})
	defer stall.Stop()
	err := e.PullImage(ctx, ref, func(m engine.Message) {
		// Podman announces an attempt before it makes one: that is not progress.
		if !strings.HasPrefix(m.Status+m.Stream, "Trying to pull") {
			stall.Reset(bound.stall)
		}
		out.tick("%s: %s %s %s", ref, m.ID, m.Status+strings.TrimSpace(m.Stream), m.Progress)
	})
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx) // in place of the client's "context canceled"
	}
	return err
}
