package engine

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/holdfast/holdfast/helpers/settings"
)

// Dial reaches a port that a container publishes: on this machine, on the
// remote engine's host, or inside the network namespace that the engine lives in.
func (e *Engine) Dial(ctx context.Context, port string) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	address := net.JoinHostPort(e.PublishedHost(), port)
	namespace := settings.Netns.Get()
	if namespace == "" {
		return dialer.DialContext(ctx, "tcp", address)
	}
	var conn net.Conn
	err := inNamespace(namespace, func() (err error) {
		conn, err = dialer.DialContext(ctx, "tcp", address)
		return err
	})
	return conn, err
}

// PublishedHost is the host on which published ports are to be found.
func (e *Engine) PublishedHost() string {
	if at, err := url.Parse(e.Endpoint.Host); err == nil && (at.Scheme == "tcp" || at.Scheme == "ssh") {
		return at.Hostname()
	}
	return "127.0.0.1"
}

// HTTP is a client whose requests, whatever host they name, go to the engine's
// published ports.
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
			// A published port's next listener is another container: connections are not kept.
			DisableKeepAlives: true,
		},
	}
}
