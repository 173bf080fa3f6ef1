package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/system"
)

// Ping checks that the engine answers.
func (e *Engine) Ping(ctx context.Context) error {
	return e.do(ctx, "pinging the engine", func(ctx context.Context) error {
		_, err := e.api.Ping(ctx)
		return err
	})
}

// Clock returns the time on the engine's host.
func (e *Engine) Clock(ctx context.Context) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	info, err := e.api.Info(ctx)
	if err != nil {
		return time.Time{}, e.failed(err, "reading the clock")
	}
	return e.systemTime(info)
}

func (e *Engine) systemTime(info system.Info) (time.Time, error) {
	now, err := time.Parse(time.RFC3339Nano, info.SystemTime)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s reports the system time %q: %w", e, info.SystemTime, err)
	}
	return now, nil
}

// WatchOOM calls report with the labels of each container in which the kernel
// killed a process for lack of memory. It returns when the engine ends the
// event stream, or ctx ends.
func (e *Engine) WatchOOM(ctx context.Context, report func(labels map[string]string)) error {
	messages, ended := e.api.Events(ctx, events.ListOptions{Filters: filters.NewArgs(filters.Arg("event", "oom"))})
	for {
		select {
		case message := <-messages:
			report(message.Actor.Attributes)
		case err := <-ended:
			return e.failed(err, "watching for out-of-memory events")
		}
	}
}

// Events returns one line for each event between the two times that concerns
// objects with the labels.
func (e *Engine) Events(ctx context.Context, since, until time.Time, labels ...string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	stamp := func(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }
	messages, ended := e.api.Events(ctx, events.ListOptions{Since: stamp(since), Until: stamp(until.Add(time.Second)), Filters: labelled(labels)})
	var lines []string
	for {
		select {
		case m := <-messages:
			at := time.Unix(0, m.TimeNano).UTC().Format("15:04:05.000")
			lines = append(lines, fmt.Sprintf("%s %s %s %s", at, m.Type, m.Action, m.Actor.Attributes["name"]))
		case err := <-ended:
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return lines, e.failed(err, "reading the events")
		}
	}
}
