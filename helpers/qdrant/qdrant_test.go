package qdrant

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// server answers every request with the status and body, and records the last one.
type server struct {
	status      int
	body        string
	method, uri string
	key, sent   string
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sent, _ := io.ReadAll(r.Body)
	s.method, s.uri, s.key, s.sent = r.Method, r.URL.RequestURI(), r.Header.Get("api-key"), string(sent)
	if s.status != 0 {
		w.WriteHeader(s.status)
	}
	_, _ = io.WriteString(w, s.body)
}

func serving(t *testing.T, body string) (*server, *Client) {
	t.Helper()
	s := &server{body: body}
	at := httptest.NewServer(s)
	t.Cleanup(at.Close)
	return s, New(at.URL+"/", "a-key", at.Client())
}

func TestRequestsAndResponses(t *testing.T) {
	next := uint64(3)
	point := Point{ID: 1, Vector: []float32{0.1, -2}, Payload: map[string]any{"a": "b"}}
	for name, test := range map[string]struct {
		answer string
		call   func(context.Context, *Client) (any, error)
		asks   string
		sends  string
		want   any
	}{
		"info": {`{"title":"qdrant - vector search engine","version":"1.15.0","commit":"x"}`,
			func(ctx context.Context, c *Client) (any, error) { return c.Info(ctx) },
			"GET /", "", Info{"qdrant - vector search engine", "1.15.0"}},
		"ready": {"all shards are ready",
			func(ctx context.Context, c *Client) (any, error) { return nil, c.Ready(ctx) },
			"GET /readyz", "", nil},
		"create": {`{"result":true,"status":"ok","time":0.1}`,
			func(ctx context.Context, c *Client) (any, error) {
				return nil, c.CreateCollection(ctx, "a b", 2, Dot)
			},
			"PUT /collections/a%20b", `{"vectors":{"distance":"Dot","size":2}}`, nil},
		"delete": {`{"result":true,"status":"ok","time":0.1}`,
			func(ctx context.Context, c *Client) (any, error) { return nil, c.DeleteCollection(ctx, "d") },
			"DELETE /collections/d", "", nil},
		"collections": {`{"result":{"collections":[{"name":"a"},{"name":"b"}]}}`,
			func(ctx context.Context, c *Client) (any, error) { return c.Collections(ctx) },
			"GET /collections", "", []string{"a", "b"}},
		"upsert": {`{"result":{"operation_id":0,"status":"completed"}}`,
			func(ctx context.Context, c *Client) (any, error) {
				return nil, c.Upsert(ctx, "d", []Point{point}, true)
			},
			"PUT /collections/d/points?wait=true", `{"points":[{"id":1,"vector":[0.1,-2],"payload":{"a":"b"}}]}`, nil},
		"retrieve": {`{"result":[{"id":1,"payload":{"a":"b"},"vector":[0.10000000149011612,-2]}]}`,
			func(ctx context.Context, c *Client) (any, error) { return c.Retrieve(ctx, "d", 1, 2) },
			"POST /collections/d/points", `{"ids":[1,2],"with_payload":true,"with_vector":true}`, []Point{point}},
		"search": {`{"result":{"points":[{"id":1,"version":3,"score":0.5}]}}`,
			func(ctx context.Context, c *Client) (any, error) {
				return c.Search(ctx, "d", []float32{1, 2}, 3)
			},
			"POST /collections/d/points/query", `{"limit":3,"query":[1,2]}`, []Hit{{Point{ID: 1}, 0.5}}},
		"scroll": {`{"result":{"points":[{"id":2,"vector":[1]}],"next_page_offset":3}}`,
			func(ctx context.Context, c *Client) (any, error) {
				points, after, err := c.Scroll(ctx, "d", &next, 1)
				return []any{points, *after}, err
			},
			"POST /collections/d/points/scroll", `{"limit":1,"offset":3,"with_payload":true,"with_vector":true}`,
			[]any{[]Point{{ID: 2, Vector: []float32{1}}}, uint64(3)}},
		"count": {`{"result":{"count":7}}`,
			func(ctx context.Context, c *Client) (any, error) { return c.Count(ctx, "d") },
			"POST /collections/d/points/count", `{"exact":true}`, 7},
		"create snapshot": {`{"result":{"name":"n","creation_time":"2026-01-01T00:00:00","size":9,"checksum":"c"}}`,
			func(ctx context.Context, c *Client) (any, error) { return c.CreateSnapshot(ctx, "d") },
			"POST /collections/d/snapshots?wait=true", "", Snapshot{"n", "2026-01-01T00:00:00", 9, "c"}},
		"snapshots": {`{"result":[{"name":"n","creation_time":null,"size":9}]}`,
			func(ctx context.Context, c *Client) (any, error) { return c.Snapshots(ctx, "d") },
			"GET /collections/d/snapshots", "", []Snapshot{{Name: "n", Size: 9}}},
		"recover": {`{"result":true}`,
			func(ctx context.Context, c *Client) (any, error) { return nil, c.Recover(ctx, "d", "n.snapshot") },
			"PUT /collections/d/snapshots/recover?wait=true", `{"location":"file:///qdrant/snapshots/d/n.snapshot"}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s, client := serving(t, test.answer)
			got, err := test.call(t.Context(), client)
			if err != nil {
				t.Fatal(err)
			}
			if asked := s.method + " " + s.uri; asked != test.asks || s.sent != test.sends || s.key != "a-key" {
				t.Errorf("asked %s, key %q, sent %s", asked, s.key, s.sent)
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %#v", got)
			}
		})
	}
}

func TestErrorsIncludeTheRequestAndTheResponse(t *testing.T) {
	s, client := serving(t, "{\"status\":{\"error\":\"Not found\"}}\nsecond line")
	s.status = http.StatusNotFound
	_, err := client.Count(t.Context(), "d")
	if !IsStatus(err, 404) || IsStatus(err, 500) {
		t.Fatalf("got %v", err)
	}
	for _, part := range []string{"POST http://", "/collections/d/points/count", "404 Not Found", `{"status":{"error":"Not found"}}`} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("it does not say %q: %v", part, err)
		}
	}
	if strings.Contains(err.Error(), "second line") {
		t.Errorf("it quotes more than the first line: %v", err)
	}
}

func TestInvalidJSONIsAnError(t *testing.T) {
	_, client := serving(t, "<html>a proxy</html>")
	if _, err := client.Count(t.Context(), "d"); err == nil || !strings.Contains(err.Error(), "a proxy") {
		t.Errorf("got %v", err)
	}
	if err := client.Ready(t.Context()); err != nil {
		t.Errorf("readiness needs no JSON: %v", err)
	}
}

func TestAnEmptyKeyIsNotSent(t *testing.T) {
	s, client := serving(t, "{}")
	client.key = ""
	if err := client.Ready(t.Context()); err != nil || s.key != "" {
		t.Errorf("key %q, %v", s.key, err)
	}
}

func TestWaitReadyRetriesAndReportsTheLastFailure(t *testing.T) {
	var looks atomic.Int32
	at := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if looks.Add(1) < 3 {
			http.Error(w, "loading", http.StatusServiceUnavailable)
		}
	}))
	defer at.Close()
	if err := New(at.URL, "", nil).WaitReady(t.Context()); err != nil || looks.Load() != 3 {
		t.Errorf("%d looks: %v", looks.Load(), err)
	}
	looks.Store(-1 << 20)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := New(at.URL, "", nil).WaitReady(ctx); err == nil || !strings.Contains(err.Error(), "503") || !strings.Contains(err.Error(), "deadline") {
		t.Errorf("got %v", err)
	}
}

func FuzzFirstLine(f *testing.F) {
	f.Add("a\nb")
	f.Add(strings.Repeat("é", 400))
	f.Fuzz(func(t *testing.T, body string) {
		line := firstLine([]byte(body))
		if strings.Contains(line, "\n") || len(line) > 310 {
			t.Errorf("%q", line)
		}
		if _, err := json.Marshal(line); err != nil {
			t.Error(err)
		}
	})
}
