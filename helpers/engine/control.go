package engine

import (
	"context"
	"errors"
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

// PowerCut ends the virtual machine of the engine as a power cut does, and waits until it
// has booted again and the engine answers.
func (e *Engine) PowerCut(ctx context.Context) error { return e.control(ctx, "power-cut") }

// Reboot reboots the virtual machine of the engine, and waits until the engine answers.
func (e *Engine) Reboot(ctx context.Context) error { return e.control(ctx, "reboot") }

func (e *Engine) control(ctx context.Context, operation string) error {
	if !e.Controllable() {
		return fmt.Errorf("cannot %s %s: it is not disposable, or has no control socket", operation, e)
	}
	return e.failed(Control(ctx, settings.Control.Get(), operation), "requesting a %s", operation)
}

// controlLimit bounds an operation. An emulated machine boots slowly on a busy host.
const controlLimit = 5 * time.Minute

// Control requests an operation at the control socket of a lab engine and waits until the
// engine answers again: "restart" or "crash" and, of an engine in a virtual machine,
// "power-cut" or "reboot".
func Control(ctx context.Context, socket, operation string) error {
	ctx, cancel := context.WithTimeout(ctx, controlLimit)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}}
	defer client.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://control/"+operation, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		message, _ := io.ReadAll(io.LimitReader(response.Body, 1<<10))
		return errors.New(strings.TrimSpace(string(message)))
	}
	return nil
}
