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

// control is the machine's switchboard for whoever may disturb its engine.
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
	routes.HandleFunc("POST /restart", m.replaceBy(syscall.SIGUSR1))
	routes.HandleFunc("POST /crash", m.replaceBy(syscall.SIGUSR2))
	routes.HandleFunc("GET /{$}", m.describe)
	c.server = &http.Server{Handler: routes}
	go func() { _ = c.server.Serve(listener) }() // ends with close
	return c, nil
}

// replaceBy serves the end of the engine and its new start. init.sh turns the
// signal into the one that the engine gets: SIGUSR1 to SIGTERM, SIGUSR2 to SIGKILL.
func (m *Machine) replaceBy(signal syscall.Signal) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		// A client that goes away must not leave the engine ended.
		ctx := context.WithoutCancel(request.Context())
		if err := m.engine.replace(ctx, signal); err != nil {
			line := strings.Join(strings.Fields(err.Error()), " ")
			http.Error(w, "the engine "+m.Release+" did not come back: "+line, http.StatusInternalServerError)
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
	if err := c.server.Close(); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
