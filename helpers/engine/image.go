package engine

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/network"
)

// HasImage tells whether the engine has an image of that name or id.
func (e *Engine) HasImage(ctx context.Context, name string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	_, err := e.api.ImageInspect(ctx, name)
	if IsNotFound(err) {
		return false, nil
	}
	return err == nil, e.failed(err, "looking for image %s", name)
}

// LoadImage loads an archive as `docker load` does.
func (e *Engine) LoadImage(ctx context.Context, archive io.Reader) error {
	answer, err := e.api.ImageLoad(ctx, archive)
	if err != nil {
		return e.failed(err, "loading an image")
	}
	defer answer.Body.Close()
	// The engine reports a failed load in the body of a 200.
	for decoder := json.NewDecoder(answer.Body); ; {
		var line struct {
			Error string `json:"error"`
		}
		switch err := decoder.Decode(&line); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return e.failed(err, "loading an image")
		case line.Error != "":
			return e.failed(errors.New(line.Error), "loading an image")
		}
	}
}

// RemoveImage removes an image by name or id.
func (e *Engine) RemoveImage(ctx context.Context, name string) error {
	return e.deed(ctx, "removing image "+name, func(ctx context.Context) error {
		_, err := e.api.ImageRemove(ctx, name, image.RemoveOptions{PruneChildren: true})
		return err
	})
}

// Image is one line of the image list.
type Image struct {
	ID     string
	Tags   []string
	Labels map[string]string
}

// ListImages lists the images that bear the labels; without labels, all of them.
func (e *Engine) ListImages(ctx context.Context, labels ...string) ([]Image, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	listed, err := e.api.ImageList(ctx, image.ListOptions{Filters: labelled(labels)})
	var out []Image
	for _, i := range listed {
		// Before API 1.43 (Docker 24.0) an image that has no tag is listed with this one.
		tags := slices.DeleteFunc(i.RepoTags, func(tag string) bool { return tag == "<none>:<none>" })
		out = append(out, Image{ID: i.ID, Tags: tags, Labels: i.Labels})
	}
	return out, e.failed(err, "listing images")
}

// Network is one line of the network list.
type Network struct {
	ID, Name string
	Labels   map[string]string
}

// ListNetworks lists the networks that bear the labels; without labels, all of them.
func (e *Engine) ListNetworks(ctx context.Context, labels ...string) ([]Network, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	listed, err := e.api.NetworkList(ctx, network.ListOptions{Filters: labelled(labels)})
	var out []Network
	for _, n := range listed {
		out = append(out, Network{ID: n.ID, Name: n.Name, Labels: n.Labels})
	}
	return out, e.failed(err, "listing networks")
}

// RemoveNetwork removes a network by id.
func (e *Engine) RemoveNetwork(ctx context.Context, id string) error {
	return e.deed(ctx, "removing network "+id, func(ctx context.Context) error { return e.api.NetworkRemove(ctx, id) })
}

// Events returns, one line each, what happened on the engine between the two
// times to things that bear the labels.
func (e *Engine) Events(ctx context.Context, since, until time.Time, labels ...string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	stamp := func(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }
	messages, failed := e.api.Events(ctx, events.ListOptions{Since: stamp(since), Until: stamp(until.Add(time.Second)), Filters: labelled(labels)})
	var out []string
	for {
		select {
		case m := <-messages:
			out = append(out, time.Unix(0, m.TimeNano).UTC().Format("15:04:05.000")+" "+string(m.Type)+" "+string(m.Action)+" "+m.Actor.Attributes["name"])
		case err := <-failed:
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return out, e.failed(err, "reading the engine's events")
		}
	}
}
