package probe

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"

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
}

// EnsureVariant loads a variant of the probe image into the engine, unless it has it, and
// returns its reference. The base is the reference of the probe image.
func EnsureVariant(ctx context.Context, e *engine.Engine, base string, variant Variant) (string, error) {
	layer, err := layerOf(variant.Files)
	if err != nil {
		return "", fmt.Errorf("assembling a variant of the probe image: %w", err)
	}
	digest := sha256.New()
	fmt.Fprintln(digest, variant.Volumes, variant.User)
	digest.Write(layer)
	reference := fmt.Sprintf("%s-%.6x", base, digest.Sum(nil))
	if _, err := e.InspectImage(ctx, reference); !engine.IsNotFound(err) {
		return reference, err
	}
	image, err := saved(ctx, e, base)
	if err == nil {
		image, err = variant.on(image, layer)
	}
	if err != nil {
		return "", fmt.Errorf("assembling a variant of the probe image: %w", err)
	}
	return reference, e.LoadImage(ctx, image, reference)
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
	return mutate.ConfigFile(image, config)
}
