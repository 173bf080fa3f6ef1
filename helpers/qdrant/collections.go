package qdrant

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
)

// Distance is a measure of similarity between vectors.
type Distance string

// Qdrant's distances. With Cosine the server stores vectors normalized: it returns
// them with length 1.
const (
	Cosine    Distance = "Cosine"
	Dot       Distance = "Dot"
	Euclid    Distance = "Euclid"
	Manhattan Distance = "Manhattan"
)

// Point is a vector with its id and payload.
type Point struct {
	ID      uint64         `json:"id"`
	Vector  []float32      `json:"vector,omitempty"`
	Payload map[string]any `json:"payload,omitempty"`
}

// Hit is a point that matches a search.
type Hit struct {
	Point
	Score float32 `json:"score"`
}

// Snapshot is a snapshot as the server lists it.
type Snapshot struct {
	Name     string `json:"name"`
	Created  string `json:"creation_time"`
	Size     int64  `json:"size"`
	Checksum string `json:"checksum"` // SHA-256; empty before Qdrant 1.8
}

func collection(name string, more ...string) string {
	path := "/collections/" + url.PathEscape(name)
	for _, part := range more {
		path += "/" + part
	}
	return path
}

// CreateCollection creates a collection of unnamed dense vectors.
func (c *Client) CreateCollection(ctx context.Context, name string, size int, distance Distance) error {
	body := map[string]any{"vectors": map[string]any{"size": size, "distance": distance}}
	return c.result(ctx, http.MethodPut, collection(name), body, nil)
}

// DeleteCollection removes a collection.
func (c *Client) DeleteCollection(ctx context.Context, name string) error {
	return c.result(ctx, http.MethodDelete, collection(name), nil, nil)
}

// Collections returns the names of the collections.
func (c *Client) Collections(ctx context.Context) ([]string, error) {
	var result struct {
		Collections []struct {
			Name string `json:"name"`
		} `json:"collections"`
	}
	err := c.result(ctx, http.MethodGet, "/collections", nil, &result)
	names := make([]string, 0, len(result.Collections))
	for _, found := range result.Collections {
		names = append(names, found.Name)
	}
	return names, err
}

// Upsert adds or replaces points. With wait, it returns once the server has
// applied them.
func (c *Client) Upsert(ctx context.Context, name string, points []Point, wait bool) error {
	path := collection(name, "points") + "?wait=" + strconv.FormatBool(wait)
	return c.result(ctx, http.MethodPut, path, map[string]any{"points": points}, nil)
}

// Retrieve returns the existing points with these ids, with vector and payload,
// in the server's order.
func (c *Client) Retrieve(ctx context.Context, name string, ids ...uint64) ([]Point, error) {
	var points []Point
	body := map[string]any{"ids": ids, "with_vector": true, "with_payload": true}
	err := c.result(ctx, http.MethodPost, collection(name, "points"), body, &points)
	return points, err
}

// Search returns the points nearest to the vector, nearest first. It uses the
// query endpoint, which exists since Qdrant 1.10; the older search endpoint is
// deprecated since 1.13.
func (c *Client) Search(ctx context.Context, name string, vector []float32, limit int) ([]Hit, error) {
	var result struct {
		Points []Hit `json:"points"`
	}
	body := map[string]any{"query": vector, "limit": limit}
	err := c.result(ctx, http.MethodPost, collection(name, "points", "query"), body, &result)
	return result.Points, err
}

// Scroll returns up to limit points in the order of their ids, from the offset,
// with vector and payload. It also returns the offset of the next page, or nil.
func (c *Client) Scroll(ctx context.Context, name string, offset *uint64, limit int) ([]Point, *uint64, error) {
	var result struct {
		Points []Point `json:"points"`
		Next   *uint64 `json:"next_page_offset"`
	}
	body := map[string]any{"limit": limit, "with_vector": true, "with_payload": true}
	if offset != nil {
		body["offset"] = *offset
	}
	err := c.result(ctx, http.MethodPost, collection(name, "points", "scroll"), body, &result)
	return result.Points, result.Next, err
}

// Count returns the exact number of points in a collection.
func (c *Client) Count(ctx context.Context, name string) (int, error) {
	var result struct {
		Count int `json:"count"`
	}
	err := c.result(ctx, http.MethodPost, collection(name, "points", "count"), map[string]any{"exact": true}, &result)
	return result.Count, err
}

// CreateSnapshot creates a snapshot of a collection and returns once it is complete.
func (c *Client) CreateSnapshot(ctx context.Context, name string) (Snapshot, error) {
	var made Snapshot
	err := c.result(ctx, http.MethodPost, collection(name, "snapshots")+"?wait=true", nil, &made)
	return made, err
}

// Snapshots lists a collection's snapshots.
func (c *Client) Snapshots(ctx context.Context, name string) ([]Snapshot, error) {
	var found []Snapshot
	err := c.result(ctx, http.MethodGet, collection(name, "snapshots"), nil, &found)
	return found, err
}

// Recover restores a collection from a snapshot in the server's snapshots
// directory, which is the same in the genuine image and the substitute.
func (c *Client) Recover(ctx context.Context, name, snapshot string) error {
	at := url.URL{Scheme: "file", Path: "/qdrant/snapshots/" + name + "/" + snapshot}
	return c.result(ctx, http.MethodPut, collection(name, "snapshots", "recover")+"?wait=true", map[string]any{"location": at.String()}, nil)
}
