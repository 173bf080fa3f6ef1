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

// Controllable tells whether this engine itself can be restarted and crashed:
// a disposable one that came with a control socket.
func (e *Engine) Controllable() bool {
	return e.Facts.Disposable && settings.Control.Get() != ""
}

// Restart ends the engine with SIGTERM and waits until a new one answers.
func (e *Engine) Restart(ctx context.Context) error { return e.control(ctx, "restart") }

// Crash ends the engine with SIGKILL and waits until a new one answers.
func (e *Engine) Crash(ctx context.Context) error { return e.control(ctx, "crash") }

func (e *Engine) control(ctx context.Context, deed string) error {
	if !e.Controllable() {
		return fmt.Errorf("cannot %s %s: it is not disposable, or came without a control socket", deed, e)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	socket := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", settings.Control.Get())
	}}}
	defer socket.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://control/"+deed, nil)
	if err != nil {
		return e.failed(err, "asking for a %s", deed)
	}
	answer, err := socket.Do(request)
	if err != nil {
		return e.failed(err, "asking for a %s", deed)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<10))
		return e.failed(fmt.Errorf("%s", strings.TrimSpace(string(said))), "asking for a %s", deed)
	}
	return nil
}
