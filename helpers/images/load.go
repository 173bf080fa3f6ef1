package images

import (
	"archive/tar"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/docker/docker/client"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// bundle is one image in parts, ready to be loaded. Layers go to the engine as
// they are, compressed or not: go-containerregistry's own writer compresses
// them first, which costs more than the load itself.
type bundle struct {
	config []byte
	layers []blob
}

// blob is a piece of known size that can be read more than once.
type blob struct {
	size int64
	open func() (io.ReadCloser, error)
}

// platform is what the image says it is made for.
func (b bundle) platform() (v1.Platform, error) {
	var config v1.ConfigFile
	if err := json.Unmarshal(b.config, &config); err != nil {
		return v1.Platform{}, fmt.Errorf("its configuration is not JSON: %w", err)
	}
	return v1.Platform{OS: config.OS, Architecture: config.Architecture}, nil
}

// write writes the archive that `docker load` takes.
func (b bundle) write(w io.Writer, tags ...string) error {
	out := tar.NewWriter(w)
	digest, _, err := v1.SHA256(bytesReader(b.config))
	if err != nil {
		return err
	}
	entry := tarball.Descriptor{Config: digest.Hex + ".json", RepoTags: tags}
	put := func(name string, size int64, r io.Reader) error {
		if err := out.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o644}); err != nil {
			return err
		}
		if n, err := io.Copy(out, r); err != nil || n != size {
			return fmt.Errorf("%s: %d of %d bytes: %w", name, n, size, err)
		}
		return nil
	}
	if err := put(entry.Config, int64(len(b.config)), bytesReader(b.config)); err != nil {
		return err
	}
	for i, layer := range b.layers {
		name := fmt.Sprintf("%03d/layer.tar", i)
		entry.Layers = append(entry.Layers, name)
		r, err := layer.open()
		if err != nil {
			return err
		}
		err = put(name, layer.size, r)
		r.Close()
		if err != nil {
			return err
		}
	}
	manifest, err := json.Marshal(tarball.Manifest{entry})
	if err != nil {
		return err
	}
	if err := put("manifest.json", int64(len(manifest)), bytesReader(manifest)); err != nil {
		return err
	}
	return out.Close()
}

// load streams the image into the engine under the tags.
func load(ctx context.Context, api client.APIClient, image bundle, tags ...string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	r, w := io.Pipe()
	written := make(chan error, 1)
	go func() {
		err := image.write(w, tags...)
		w.CloseWithError(err)
		written <- err
	}()
	err := func() error {
		answer, err := api.ImageLoad(ctx, r)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		return eachMessage(answer.Body, func(message) {})
	}()
	// An engine that has seen enough, or failed, stops reading: the writer must not wait for it.
	r.Close()
	if failed := <-written; failed != nil && failed != io.ErrClosedPipe {
		return failed
	}
	return err
}
