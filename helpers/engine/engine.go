// Package engine is the only package that uses the Docker client library. Its
// own types hide the library's, so that a successor of the library changes this
// package only.
package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/docker/docker/client"
)

// Deadline bounds every call.
const Deadline = 60 * time.Second

// MinAPI is the oldest supported version of the Engine API, that of Docker 19.03.
const MinAPI = "1.40"

// Engine is a connection to the engine under test.
type Engine struct {
	api      *client.Client
	Endpoint Endpoint
	Facts    Facts
	// Ahead is how far the clock of the engine's host was ahead of this machine's
	// when the facts were read; nil if the engine reported no time.
	Ahead *time.Duration
}

// Connect connects to the engine that the docker CLI would use, and reads its
// facts. The error says what was tried, what came back, and what to do.
func Connect(ctx context.Context) (*Engine, error) {
	endpoint, err := Resolve()
	if err != nil {
		return nil, err
	}
	return Open(ctx, endpoint)
}

// Open connects to the engine at endpoint and reads its facts.
func Open(ctx context.Context, endpoint Endpoint) (*Engine, error) {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	e, err := dial(ctx, endpoint)
	if err != nil {
		return nil, err
	}
	if e.Facts, err = e.readFacts(ctx); err == nil {
		err = e.Facts.refusal(endpoint)
	}
	if err != nil {
		_ = e.api.Close()
		return nil, err
	}
	return e, nil
}

// Reconnect is Connect with facts that another process has read.
func Reconnect(ctx context.Context, facts Facts) (*Engine, error) {
	endpoint, err := Resolve()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	e, err := dial(ctx, endpoint)
	if err != nil {
		return nil, err
	}
	e.Facts = facts
	return e, nil
}

// dial connects to endpoint and negotiates the API version.
func dial(ctx context.Context, endpoint Endpoint) (*Engine, error) {
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

// Close closes the connection. The engine keeps running.
func (e *Engine) Close() error { return e.api.Close() }

// String returns the engine's name, version and address: "docker 26.1.5 at unix:///...".
func (e *Engine) String() string {
	return fmt.Sprintf("%s %s at %s", e.Facts.Name, e.Facts.Version, e.Endpoint.Host)
}

// failed adds to an error what was tried and on which engine.
func (e *Engine) failed(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s on %s: %w", fmt.Sprintf(format, args...), e, err)
}
