package probe

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"

	"github.com/holdfast/holdfast/helpers/engine"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// File is a file of an image's layer. The header's size is that of the text.
type File struct {
	tar.Header
	Text string
}

// Variant is what an image has beyond the probe image.
type Variant struct {
	Files   []File
	Volumes []string // of VOLUME
	User    string
	Labels  map[string]string
}

// LoadVariant loads a variant of the probe image into the engine under a name. The base is the
// reference of the probe image.
func LoadVariant(ctx context.Context, e *engine.Engine, base, name string, variant Variant) error {
	layer, err := layerOf(variant.Files)
	if err != nil {
		return fmt.Errorf("assembling a variant of the probe image: %w", err)
	}
	image, err := saved(ctx, e, base)
	if err == nil {
		image, err = variant.on(image, layer)
	}
	if err != nil {
		return fmt.Errorf("assembling a variant of the probe image: %w", err)
	}
	return e.LoadImage(ctx, image, name)
}

// saved reads an image of the engine.
func saved(ctx context.Context, e *engine.Engine, reference string) (v1.Image, error) {
	archive, err := e.SaveImage(ctx, reference)
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	data, err := io.ReadAll(archive)
	if err != nil {
		return nil, err
	}
	return tarball.Image(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }, nil)
}

func layerOf(files []File) ([]byte, error) {
	var layer bytes.Buffer
	archive := tar.NewWriter(&layer)
	for _, file := range files {
		file.Size = int64(len(file.Text))
		if err := archive.WriteHeader(&file.Header); err != nil {
			return nil, err
		}
		if _, err := io.WriteString(archive, file.Text); err != nil {
			return nil, err
		}
	}
	err := archive.Close()
	return layer.Bytes(), err
}

// on returns the base with the variant's layer and configuration.
func (v Variant) on(base v1.Image, layer []byte) (v1.Image, error) {
	packed, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(layer)), nil })
	if err != nil {
		return nil, err
	}
	image, err := mutate.AppendLayers(base, packed)
	if err != nil {
		return nil, err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.Config.User, config.Config.Volumes = v.User, map[string]struct{}{}
	for _, target := range v.Volumes {
		config.Config.Volumes[target] = struct{}{}
	}
	if config.Config.Labels == nil {
		config.Config.Labels = map[string]string{}
	}
	maps.Copy(config.Config.Labels, v.Labels)
	return mutate.ConfigFile(image, config)
}
