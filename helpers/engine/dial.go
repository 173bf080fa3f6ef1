package engine

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/holdfast/holdfast/helpers/settings"
)

// Dial connects to a published port: on this machine, on the remote engine's
// host, or in the engine's own network namespace.
func (e *Engine) Dial(ctx context.Context, port string) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	address := net.JoinHostPort(e.PublishedHost(), port)
	namespace := settings.Netns.Get()
	if namespace == "" {
		return dialer.DialContext(ctx, "tcp", address)
	}
	var conn net.Conn
	err := InNamespace(namespace, func() (err error) {
		conn, err = dialer.DialContext(ctx, "tcp", address)
		return err
	})
	return conn, err
}

// PublishedHost returns the host on which the engine publishes ports.
func (e *Engine) PublishedHost() string {
	if at, err := url.Parse(e.Endpoint.Host); err == nil && (at.Scheme == "tcp" || at.Scheme == "ssh") {
		return at.Hostname()
	}
	return "127.0.0.1"
}

// HTTP returns a client that connects to the engine's published ports, whatever
// host a request names.
func (e *Engine) HTTP() *http.Client {
	return &http.Client{
		Timeout: Deadline,
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
				_, port, err := net.SplitHostPort(address)
				if err != nil {
					return nil, err
				}
				return e.Dial(ctx, port)
			},
			// The next listener on a port is another container: keep no connections.
			DisableKeepAlives: true,
		},
	}
}

// Listen listens on a free loopback port of the engine's host, where the engine can reach
// it: in the engine's own network namespace, or on this machine. It returns an error for an
// engine on another machine.
func (e *Engine) Listen() (listener net.Listener, err error) {
	namespace := settings.Netns.Get()
	if namespace != "" {
		err = InNamespace(namespace, func() (err error) {
			listener, err = net.Listen("tcp", "127.0.0.1:0")
			return err
		})
		return listener, err
	}
	if at, err := url.Parse(e.Endpoint.Host); err != nil || at.Scheme != "unix" || e.Facts.Desktop {
		return nil, fmt.Errorf("%s is on another machine", e)
	}
	return net.Listen("tcp", "127.0.0.1:0")
}
