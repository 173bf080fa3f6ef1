package engine

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/settings"
)

// Controllable reports whether the engine itself can be restarted and killed: it
// must be disposable and have a control socket.
func (e *Engine) Controllable() bool {
	return e.Facts.Disposable && settings.Control.Get() != ""
}

// Restart stops the engine with SIGTERM and waits until its successor answers.
func (e *Engine) Restart(ctx context.Context) error { return e.control(ctx, "restart") }

// Crash stops the engine with SIGKILL and waits until its successor answers.
func (e *Engine) Crash(ctx context.Context) error { return e.control(ctx, "crash") }

func (e *Engine) control(ctx context.Context, operation string) error {
	if !e.Controllable() {
		return fmt.Errorf("cannot %s %s: it is not disposable, or has no control socket", operation, e)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	socket := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", settings.Control.Get())
	}}}
	defer socket.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://control/"+operation, nil)
	if err != nil {
		return e.failed(err, "requesting a %s", operation)
	}
	answer, err := socket.Do(request)
	if err != nil {
		return e.failed(err, "requesting a %s", operation)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		message, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<10))
		return e.failed(fmt.Errorf("%s", strings.TrimSpace(string(message))), "requesting a %s", operation)
	}
	return nil
}
