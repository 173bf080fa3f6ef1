package lab

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
)

// control serves the machine's control socket.
type control struct {
	path   string
	events []string // that can be requested
	server *http.Server
}

func serveControl(m *Machine) (*control, error) {
	c := &control{path: filepath.Join(m.state.sockets, "control.sock")}
	listener, err := net.Listen("unix", c.path)
	if err != nil {
		return nil, err
	}
	routes := http.NewServeMux()
	handle := func(event string, s *service, end func() error) {
		c.events = append(c.events, event)
		routes.HandleFunc("POST /"+event, m.handleReplace(s, end))
	}
	handle("restart", m.engine, func() error { return m.engine.end(syscall.SIGTERM) })
	handle("crash", m.engine, func() error { return m.engine.end(syscall.SIGKILL) })
	if m.vm != nil {
		handle("power-cut", m.vm.qemu, m.vm.powerCut)
		handle("reboot", m.vm.qemu, m.vm.reboot)
	}
	routes.HandleFunc("GET /{$}", m.describe)
	c.server = &http.Server{Handler: routes}
	go func() { _ = c.server.Serve(listener) }() // until close
	return c, nil
}

// handleReplace handles a request to end the engine or its virtual machine, and to
// start it again.
func (m *Machine) handleReplace(s *service, end func() error) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		// The engine must start again even if the client has gone away.
		ctx := context.WithoutCancel(request.Context())
		if err := s.replace(ctx, end); err != nil {
			line := strings.Join(strings.Fields(err.Error()), " ")
			http.Error(w, "the engine "+m.Release+" did not start again: "+line, http.StatusInternalServerError)
		}
	}
}

func (m *Machine) describe(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"release": m.Release, "version": m.Version, "host": m.Host, "netns": m.Netns,
		"sharing": m.Sharing, "accelerator": m.Accelerator, "events": m.control.events,
	})
}

func (c *control) close() error {
	if err := c.server.Close(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
