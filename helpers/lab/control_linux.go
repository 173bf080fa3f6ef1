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
	server *http.Server
}

func serveControl(m *Machine) (*control, error) {
	c := &control{path: filepath.Join(m.state.sockets, "control.sock")}
	listener, err := net.Listen("unix", c.path)
	if err != nil {
		return nil, err
	}
	routes := http.NewServeMux()
	routes.HandleFunc("POST /restart", m.handleReplace(syscall.SIGUSR1))
	routes.HandleFunc("POST /crash", m.handleReplace(syscall.SIGUSR2))
	routes.HandleFunc("GET /{$}", m.describe)
	c.server = &http.Server{Handler: routes}
	go func() { _ = c.server.Serve(listener) }() // until close
	return c, nil
}

// handleReplace handles a request to end the engine and start it again. init.sh
// translates the signal: SIGUSR1 to SIGTERM, SIGUSR2 to SIGKILL.
func (m *Machine) handleReplace(signal syscall.Signal) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		// The engine must start again even if the client has gone away.
		ctx := context.WithoutCancel(request.Context())
		if err := m.engine.replace(ctx, signal); err != nil {
			line := strings.Join(strings.Fields(err.Error()), " ")
			http.Error(w, "the engine "+m.Release+" did not start again: "+line, http.StatusInternalServerError)
		}
	}
}

func (m *Machine) describe(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{
		"release": m.Release, "version": m.Version, "host": m.Host, "netns": m.Netns,
	})
}

func (c *control) close() error {
	if err := c.server.Close(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
