package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/system"
)

// Ping asks the engine whether it is there.
func (e *Engine) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	_, err := e.api.Ping(ctx)
	return e.failed(err, "asking whether it answers")
}

// Clock is what time the engine's host says it is.
func (e *Engine) Clock(ctx context.Context) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	info, err := e.api.Info(ctx)
	if err != nil {
		return time.Time{}, e.failed(err, "asking what time it is")
	}
	return e.now(info)
}

func (e *Engine) now(info system.Info) (time.Time, error) {
	now, err := time.Parse(time.RFC3339Nano, info.SystemTime)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s says that it is %q: %w", e, info.SystemTime, err)
	}
	return now, nil
}

// Starving tells of each container that the kernel found no memory for, with
// its labels, until the engine ends the conversation, as one that dies does.
func (e *Engine) Starving(ctx context.Context, tell func(labels map[string]string)) error {
	messages, ended := e.api.Events(ctx, events.ListOptions{Filters: filters.NewArgs(filters.Arg("event", "oom"))})
	for {
		select {
		case message := <-messages:
			tell(message.Actor.Attributes)
		case err := <-ended:
			return e.failed(err, "listening to its events")
		}
	}
}
