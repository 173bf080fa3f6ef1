package engine

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
)

// Reply is the engine's reply to a Request.
type Reply struct {
	Status int
	Body   string
}

// Request sends a request to the engine's API as it is, for what the client library
// would check, translate or hide. The path has no version: the negotiated one is
// added, or the given one. A refusal is a Reply, not an error.
func (e *Engine) Request(ctx context.Context, version, method, path, body string) (Reply, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	if version == "" {
		version = e.api.ClientVersion()
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://engine/v"+version+path, strings.NewReader(body))
	if err != nil {
		return Reply{}, e.failed(err, "%s %s", method, path)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	dial := e.api.Dialer()
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) }}
	defer transport.CloseIdleConnections()
	response, err := transport.RoundTrip(request)
	if err != nil {
		return Reply{}, e.failed(err, "%s %s", method, path)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return Reply{response.StatusCode, string(text)}, e.failed(err, "%s %s", method, path)
}

// String returns the status and the body in one line.
func (r Reply) String() string {
	return fmt.Sprintf("status %d: %s", r.Status, strings.TrimSpace(r.Body))
}
