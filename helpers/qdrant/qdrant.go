// Package qdrant is a small client of Qdrant's REST interface: what the lesson
// and the persistence scenarios use of it, the same against the genuine server
// (1.10 or later) and against Holdfast's substitute.
package qdrant

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Client talks to one server.
type Client struct {
	base, key string
	http      *http.Client
}

// New makes a client of the server at the base URL. An empty key sends none; a
// nil http client is http.DefaultClient.
func New(baseURL, apiKey string, client *http.Client) *Client {
	if client == nil {
		client = http.DefaultClient
	}
	return &Client{strings.TrimSuffix(baseURL, "/"), apiKey, client}
}

// Error is an answer that is not the one that was asked for.
type Error struct {
	Method, URL string
	Status      int
	Body        string // its first line
}

func (e *Error) Error() string {
	return fmt.Sprintf("qdrant: %s %s: %d %s: %s", e.Method, e.URL, e.Status, http.StatusText(e.Status), e.Body)
}

// IsStatus tells whether the error is an answer with that HTTP status.
func IsStatus(err error, status int) bool {
	var answer *Error
	return errors.As(err, &answer) && answer.Status == status
}

// Info is what a server says of itself; a substitute's title says what it is.
type Info struct {
	Title   string `json:"title"`
	Version string `json:"version"`
}

// Info asks the server what it is.
func (c *Client) Info(ctx context.Context) (Info, error) {
	var info Info
	err := c.send(ctx, http.MethodGet, "/", nil, &info)
	return info, err
}

// Ready tells, by a nil error, that the server takes requests now.
func (c *Client) Ready(ctx context.Context) error {
	return c.send(ctx, http.MethodGet, "/readyz", nil, nil)
}

// pause between two looks at a server that starts.
const pause = 50 * time.Millisecond

// WaitReady looks until the server takes requests or the context ends. The
// error holds what the last look found.
func (c *Client) WaitReady(ctx context.Context) error {
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	last := errors.New("not looked at yet")
	for {
		look, cancel := context.WithTimeout(ctx, 2*time.Second)
		err := c.Ready(look)
		cancel()
		if err == nil {
			return nil
		}
		if ctx.Err() == nil {
			last = err // a look that the deadline cut off found nothing
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("qdrant: waiting for %s to be ready: %w; last: %w", c.base, context.Cause(ctx), last)
		case <-ticker.C:
		}
	}
}

// result asks for what the answer's envelope holds.
func (c *Client) result(ctx context.Context, method, path string, body, result any) error {
	envelope := struct {
		Result any `json:"result"`
	}{result}
	return c.send(ctx, method, path, body, &envelope)
}

// maxAnswer bounds what is read of one answer.
const maxAnswer = 256 << 20

func (c *Client) send(ctx context.Context, method, path string, body, answer any) error {
	target := c.base + path
	var content io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("qdrant: %s %s: writing the request: %w", method, target, err)
		}
		content = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(ctx, method, target, content)
	if err != nil {
		return fmt.Errorf("qdrant: %s %s: %w", method, target, err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.key != "" {
		request.Header.Set("api-key", c.key)
	}
	response, err := c.http.Do(request)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) {
			err = failed.Err // the method and the URL are named here already
		}
		return fmt.Errorf("qdrant: %s %s: no answer: %w", method, target, err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("qdrant: %s %s: %s, then its answer broke off: %w", method, target, response.Status, err)
	}
	if response.StatusCode/100 != 2 {
		return &Error{method, target, response.StatusCode, firstLine(data)}
	}
	if answer == nil {
		return nil
	}
	if err := json.Unmarshal(data, answer); err != nil {
		return fmt.Errorf("qdrant: %s %s: %s, but its answer is not the JSON expected (%w): %s", method, target, response.Status, err, firstLine(data))
	}
	return nil
}

// firstLine is what of a body goes into an error.
func firstLine(body []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(body)), "\n")
	const most = 300
	if len(line) > most {
		line = strings.ToValidUTF8(line[:most], "") + "..."
	}
	return strings.TrimSpace(line)
}
