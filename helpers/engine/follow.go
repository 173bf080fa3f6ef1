package engine

import (
	"context"
	"time"

	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"
)

// Event is one event of the engine.
type Event struct {
	Type, Action string // such as volume and create
	ID           string // of the object; a volume's name
	Attributes   map[string]string
}

// Follow returns the events since a time of the engine's clock that match the filter,
// up to the one that last reports. On an error, it returns the events that came before.
func (e *Engine) Follow(ctx context.Context, since time.Time, filter map[string]string, last func(Event) bool) (all []Event, err error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	args := filters.NewArgs()
	for key, value := range filter {
		args.Add(key, value)
	}
	messages, ended := e.api.Events(ctx, events.ListOptions{Since: since.UTC().Format(time.RFC3339Nano), Filters: args})
	for {
		select {
		case m := <-messages:
			event := Event{string(m.Type), string(m.Action), m.Actor.ID, m.Actor.Attributes}
			if all = append(all, event); last(event) {
				return all, nil
			}
		case err := <-ended:
			return all, e.failed(err, "following the events")
		}
	}
}
