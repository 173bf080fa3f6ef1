package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/docker/docker/api/types/build"
	"github.com/docker/docker/api/types/image"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// loading bounds the loading and building of an image.
const loading = 10 * time.Minute

// Image is an image as inspect or the image list reports it.
type Image struct {
	ID     string
	Tags   []string
	Labels map[string]string
	Config ImageConfig // from inspect only
	Layers []string    // diff ids, the base first; from inspect only
}

// ImageConfig holds the defaults that an image sets for its containers.
type ImageConfig struct {
	Cmd, Env, Exposed []string
	WorkingDir        string
}

// InspectImage returns the image with that name or id.
func (e *Engine) InspectImage(ctx context.Context, name string) (Image, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	found, err := e.api.ImageInspect(ctx, name)
	if err != nil {
		return Image{}, e.failed(err, "inspecting image %s", name)
	}
	i := Image{ID: found.ID, Tags: found.RepoTags, Layers: found.RootFS.Layers}
	if c := found.Config; c != nil {
		i.Labels = c.Labels
		i.Config = ImageConfig{Cmd: c.Cmd, Env: c.Env, WorkingDir: c.WorkingDir, Exposed: slices.Sorted(maps.Keys(c.ExposedPorts))}
	}
	return i, nil
}

// ListImages lists the images with all of the labels.
func (e *Engine) ListImages(ctx context.Context, labels ...string) ([]Image, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	listed, err := e.api.ImageList(ctx, image.ListOptions{Filters: labelled(labels)})
	var out []Image
	for _, i := range listed {
		// Before API 1.43 (Docker 24.0) an untagged image is listed with this tag.
		tags := slices.DeleteFunc(i.RepoTags, func(tag string) bool { return tag == "<none>:<none>" })
		out = append(out, Image{ID: i.ID, Tags: tags, Labels: i.Labels})
	}
	return out, e.failed(err, "listing images")
}

// ImageLayers returns the sizes of an image's layers in bytes, the newest
// first, as `docker history` prints them.
func (e *Engine) ImageLayers(ctx context.Context, name string) ([]int64, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	history, err := e.api.ImageHistory(ctx, name)
	var sizes []int64
	for _, layer := range history {
		sizes = append(sizes, layer.Size)
	}
	return sizes, e.failed(err, "reading the history of image %s", name)
}

// LoadImage loads an image under the names, as `docker load` does. A name with a
// digest in place of a tag loads it untagged.
func (e *Engine) LoadImage(ctx context.Context, content v1.Image, names ...string) error {
	ctx, cancel := context.WithTimeout(ctx, loading)
	defer cancel()
	images := map[name.Reference]v1.Image{}
	for _, text := range names {
		reference, err := name.ParseReference(text)
		if err != nil {
			return e.failed(err, "loading image %s", text)
		}
		images[reference] = content
	}
	archive, writer := io.Pipe()
	defer archive.Close() // releases the writer if the engine stops reading
	go func() { writer.CloseWithError(tarball.MultiRefWrite(images, writer)) }()
	response, err := e.api.ImageLoad(ctx, archive)
	if err == nil {
		err = readMessages(response.Body, nil)
	}
	return e.failed(err, "loading image %s", strings.Join(names, ", "))
}

// BuildImage builds an image from a tar archive of its context, without a
// network and without a cache.
func (e *Engine) BuildImage(ctx context.Context, tag string, archive io.Reader) error {
	ctx, cancel := context.WithTimeout(ctx, loading)
	defer cancel()
	response, err := e.api.ImageBuild(ctx, archive, build.ImageBuildOptions{Tags: []string{tag}, Remove: true, ForceRemove: true, NetworkMode: "none", NoCache: true})
	if err == nil {
		err = readMessages(response.Body, nil)
	}
	return e.failed(err, "building image %s", tag)
}

// Message is one line of the progress of a pull.
type Message struct {
	ID, Status, Stream, Progress string
}

// PullImage pulls an image and calls report with each message from the engine.
// The caller's context bounds it.
func (e *Engine) PullImage(ctx context.Context, name string, report func(Message)) error {
	body, err := e.api.ImagePull(ctx, name, image.PullOptions{})
	if err == nil {
		err = readMessages(body, report)
	}
	return err // the caller names the image, and why it gave up
}

// SaveImage returns an archive of the image, as `docker save` does. The caller closes it.
func (e *Engine) SaveImage(ctx context.Context, name string) (io.ReadCloser, error) {
	archive, err := e.api.ImageSave(ctx, []string{name})
	return archive, e.failed(err, "saving image %s", name)
}

// TagImage gives an image another name.
func (e *Engine) TagImage(ctx context.Context, name, tag string) error {
	return e.do(ctx, "tagging image "+name+" as "+tag, func(ctx context.Context) error { return e.api.ImageTag(ctx, name, tag) })
}

// RemoveImage removes an image by name or id.
func (e *Engine) RemoveImage(ctx context.Context, name string) error {
	return e.do(ctx, "removing image "+name, func(ctx context.Context) error {
		_, err := e.api.ImageRemove(ctx, name, image.RemoveOptions{PruneChildren: true})
		return err
	})
}

// readMessages reads the engine's messages to the end and closes the body. The
// engine reports a failure in the body of a 200 response.
func readMessages(body io.ReadCloser, report func(Message)) error {
	defer body.Close()
	for decoder := json.NewDecoder(body); ; {
		var m struct {
			Message
			Error       string
			ErrorDetail struct{ Message string }
		}
		switch err := decoder.Decode(&m); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("reading the engine's messages: %w", err)
		case m.ErrorDetail.Message != "":
			return errors.New(m.ErrorDetail.Message)
		case m.Error != "":
			return errors.New(m.Error)
		case report != nil:
			report(m.Message)
		}
	}
}
