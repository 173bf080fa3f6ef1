// Package qdrant is a small client for the part of Qdrant's REST interface that
// the scenarios use. It works with the genuine server (1.10 or later) and with
// Holdfast's substitute.
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

// Client is a client of one server.
type Client struct {
	base, key string
	http      *http.Client
}

// New returns a client of the server at the base URL. It sends no API key if the
// key is empty. A nil HTTP client is http.DefaultClient.
func New(baseURL, apiKey string, client *http.Client) *Client {
	if client == nil {
		client = http.DefaultClient
	}
	return &Client{strings.TrimSuffix(baseURL, "/"), apiKey, client}
}

// Error is a response with an error status.
type Error struct {
	Method, URL string
	Status      int
	Body        string // its first line
}

func (e *Error) Error() string {
	return fmt.Sprintf("qdrant: %s %s: %d %s: %s", e.Method, e.URL, e.Status, http.StatusText(e.Status), e.Body)
}

// IsStatus reports whether the error is a response with that HTTP status.
func IsStatus(err error, status int) bool {
	var answer *Error
	return errors.As(err, &answer) && answer.Status == status
}

// Info is a server's description of itself. A substitute's title names it as such.
type Info struct {
	Title   string `json:"title"`
	Version string `json:"version"`
}

// Info returns the server's description of itself.
func (c *Client) Info(ctx context.Context) (Info, error) {
	var info Info
	err := c.send(ctx, http.MethodGet, "/", nil, &info)
	return info, err
}

// Ready returns nil if the server accepts requests.
func (c *Client) Ready(ctx context.Context) error {
	return c.send(ctx, http.MethodGet, "/readyz", nil, nil)
}

// interval is the time between two checks of a starting server.
const interval = 50 * time.Millisecond

// WaitReady waits until the server accepts requests or ctx ends. The error
// includes the last failure.
func (c *Client) WaitReady(ctx context.Context) error {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	last := errors.New("not checked yet")
	for {
		check, cancel := context.WithTimeout(ctx, 2*time.Second)
		err := c.Ready(check)
		cancel()
		if err == nil {
			return nil
		}
		if ctx.Err() == nil {
			last = err // otherwise the deadline cut the check short
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("qdrant: waiting for %s to be ready: %w; last: %w", c.base, context.Cause(ctx), last)
		case <-ticker.C:
		}
	}
}

// result sends a request and decodes the result in the response's envelope.
func (c *Client) result(ctx context.Context, method, path string, body, result any) error {
	envelope := struct {
		Result any `json:"result"`
	}{result}
	return c.send(ctx, method, path, body, &envelope)
}

// maxBody bounds how much of a response is read.
const maxBody = 256 << 20

func (c *Client) send(ctx context.Context, method, path string, body, answer any) error {
	target := c.base + path
	var content io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("qdrant: %s %s: encoding the request: %w", method, target, err)
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
			err = failed.Err // the message has the method and the URL already
		}
		return fmt.Errorf("qdrant: %s %s: no response: %w", method, target, err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	if err != nil {
		return fmt.Errorf("qdrant: %s %s: %s, then reading the body failed: %w", method, target, response.Status, err)
	}
	if response.StatusCode/100 != 2 {
		return &Error{method, target, response.StatusCode, firstLine(data)}
	}
	if answer == nil {
		return nil
	}
	if err := json.Unmarshal(data, answer); err != nil {
		return fmt.Errorf("qdrant: %s %s: %s, but the body is not the expected JSON (%w): %s", method, target, response.Status, err, firstLine(data))
	}
	return nil
}

// firstLine returns the part of a body that an error quotes.
func firstLine(body []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(body)), "\n")
	const most = 300
	if len(line) > most {
		line = strings.ToValidUTF8(line[:most], "") + "..."
	}
	return strings.TrimSpace(line)
}
