package images

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
)

// patience bounds a pull: a machine without a network must find out soon, a
// slow network must not be cut off while it makes progress.
type patience struct{ first, stall, whole time.Duration }

var usual = patience{first: 15 * time.Second, stall: time.Minute, whole: 15 * time.Minute}

// pull takes the image from its registry, or from the mirror in Docker Hub's place.
func (c *chain) pull(ctx context.Context) (*Image, error) {
	if !c.policy.Pull {
		return nil, next("not tried: pulling is off")
	}
	from := c.ref.Familiar()
	if c.policy.Mirror != "" && c.ref.hub() {
		from = c.ref.at(c.policy.Mirror)
	}
	c.say.line("pulling %s", from)
	began := time.Now()
	if err := pull(ctx, c.api, from, c.say, usual); err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("pulling %s: %w", from, err)
		}
		c.say.line("no %s: %v", from, err)
		return nil, next("%s: %v (after %.1f s)", from, err, time.Since(began).Seconds())
	}
	if from != c.ref.Familiar() && !c.ref.pinned() {
		// The lesson's Dockerfiles and compose files use the plain name. The
		// mirror's name stays as well: it says where the image came from.
		if found, err := c.present(ctx); err != nil || found != nil {
			return found, err
		}
		if err := c.api.ImageTag(ctx, from, c.ref.Familiar()); err != nil {
			return nil, fmt.Errorf("naming %s %s on %s: %w", from, c.ref.Familiar(), c.api.DaemonHost(), err)
		}
	}
	found, err := c.present(ctx)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, next("%s was pulled, but the engine does not find it as %s", from, c.ref.Familiar())
	}
	c.say.line("pulled %s in %.1f s", from, time.Since(began).Seconds())
	found.Used, found.Source = from, Pulled
	found.Description = "pulled from " + from + " by this run" + strings.TrimPrefix(found.Description, "in the engine already")
	return found, nil
}

// message is one line of the engine's account of a pull or a load.
type message struct {
	Status   string `json:"status"`
	Progress string `json:"progress"`
	Stream   string `json:"stream"`
	ID       string `json:"id"`
	Error    string `json:"error"`
	Detail   struct {
		Message string `json:"message"`
	} `json:"errorDetail"`
}

func (m message) failure() error {
	switch {
	case m.Detail.Message != "":
		return errors.New(m.Detail.Message)
	case m.Error != "":
		return errors.New(m.Error)
	}
	return nil
}

func pull(ctx context.Context, api client.APIClient, ref string, say *progress, bound patience) error {
	ctx, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	whole := time.AfterFunc(bound.whole, func() { giveUp(fmt.Errorf("given up after %v", bound.whole)) })
	defer whole.Stop()
	watch := time.AfterFunc(bound.first, func() {
		giveUp(fmt.Errorf("given up: nothing came, or nothing more (bounds: %v to the first progress, %v to the next)", bound.first, bound.stall))
	})
	defer watch.Stop()
	body, err := api.ImagePull(ctx, ref, image.PullOptions{})
	if err != nil {
		return cause(ctx, err)
	}
	defer body.Close()
	err = eachMessage(body, func(m message) {
		// Podman says this before it has tried: it is no progress yet.
		if !strings.HasPrefix(m.Status+m.Stream, "Trying to pull") {
			watch.Reset(bound.stall)
		}
		say.tick("%s: %s %s %s", ref, m.ID, m.Status+strings.TrimSpace(m.Stream), m.Progress)
	})
	return cause(ctx, err)
}

// cause prefers the reason for which the attempt was ended to the engine's
// client's "context canceled".
func cause(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// eachMessage reads the account to its end; the engine reports a failure in
// the body of a 200.
func eachMessage(body io.Reader, see func(message)) error {
	for decoder := json.NewDecoder(body); ; {
		var m message
		if err := decoder.Decode(&m); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("reading the engine's answer: %w", err)
		}
		if err := m.failure(); err != nil {
			return err
		}
		see(m)
	}
}
