// Package engine is the one place that speaks the Docker Engine API. What
// stands on it deals in its types, so that a successor of the client library
// is a change in this package only.
package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/docker/docker/client"
)

// Deadline bounds every call that does not wait for a container.
const Deadline = 60 * time.Second

// MinAPI is the oldest Engine API that Holdfast speaks: Docker 19.03's.
const MinAPI = "1.40"

// Engine is the real thing under test.
type Engine struct {
	api      *client.Client
	Endpoint Endpoint
	Facts    Facts
	// Ahead is by how much the clock of the engine's host was ahead of this
	// machine's when the facts were asked for, nil where it told no time.
	Ahead *time.Duration
}

// Connect reaches the engine that the docker CLI would, and asks the facts
// that the API tells. Its error says what was tried, what came back, and what to do.
func Connect(ctx context.Context) (*Engine, error) {
	endpoint, err := Resolve()
	if err != nil {
		return nil, err
	}
	return Open(ctx, endpoint)
}

// Open reaches the engine at endpoint.
func Open(ctx context.Context, endpoint Endpoint) (*Engine, error) {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	e, err := reach(ctx, endpoint)
	if err != nil {
		return nil, err
	}
	if e.Facts, err = e.ask(ctx); err == nil {
		err = e.Facts.refusal(endpoint)
	}
	if err != nil {
		_ = e.api.Close()
		return nil, err
	}
	return e, nil
}

// Reconnect is Connect where another process has asked for the facts.
func Reconnect(ctx context.Context, facts Facts) (*Engine, error) {
	endpoint, err := Resolve()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	e, err := reach(ctx, endpoint)
	if err != nil {
		return nil, err
	}
	e.Facts = facts
	return e, nil
}

// reach finds out that an engine answers at endpoint, and which API it speaks.
func reach(ctx context.Context, endpoint Endpoint) (*Engine, error) {
	api, err := client.NewClientWithOpts(append(endpoint.options, client.WithAPIVersionNegotiation())...)
	if err != nil {
		return nil, diagnose(endpoint, err)
	}
	ping, err := api.Ping(ctx)
	if err != nil {
		_ = api.Close()
		return nil, diagnose(endpoint, err)
	}
	api.NegotiateAPIVersionPing(ping)
	return &Engine{api: api, Endpoint: endpoint}, nil
}

// API is the client library's own handle, for helpers that hand it on to
// another library. Scenarios have no use for it.
func (e *Engine) API() client.APIClient { return e.api }

// Close ends the connection; the engine goes on.
func (e *Engine) Close() error { return e.api.Close() }

// String names the engine as a report would: "docker 26.1.5 at unix:///...".
func (e *Engine) String() string {
	return fmt.Sprintf("%s %s at %s", e.Facts.Name, e.Facts.Version, e.Endpoint.Host)
}

// failed wraps what came back with what was tried and where.
func (e *Engine) failed(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s on %s: %w", fmt.Sprintf(format, args...), e, err)
}
