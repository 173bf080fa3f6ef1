package images

import (
	"bytes"
	"io"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// layer is a layer that is never compressed. Compressing a layer, as the tarball
// package would, takes longer than loading it.
type layer struct {
	diffID v1.Hash
	size   int64
	open   func() (io.ReadCloser, error)
}

func (l layer) Digest() (v1.Hash, error)             { return l.diffID, nil }
func (l layer) DiffID() (v1.Hash, error)             { return l.diffID, nil }
func (l layer) Compressed() (io.ReadCloser, error)   { return l.open() }
func (l layer) Uncompressed() (io.ReadCloser, error) { return l.open() }
func (l layer) Size() (int64, error)                 { return l.size, nil }
func (l layer) MediaType() (types.MediaType, error)  { return types.DockerUncompressedLayer, nil }

// newLayer returns the layer with that content.
func newLayer(content []byte) (layer, error) {
	diffID, size, err := v1.SHA256(bytes.NewReader(content))
	return layer{diffID, size, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }}, err
}

// plainImage is an image with its layers uncompressed and its configuration
// unchanged, and so with its own id.
type plainImage struct {
	v1.Image
	layers []v1.Layer
}

func (p *plainImage) Layers() ([]v1.Layer, error) { return p.layers, nil }

// Manifest returns a manifest of the layers only, which is what the tarball
// package asks for.
func (p *plainImage) Manifest() (*v1.Manifest, error) {
	manifest := &v1.Manifest{}
	for _, l := range p.layers {
		descriptor, err := partial.Descriptor(l)
		if err != nil {
			return nil, err
		}
		manifest.Layers = append(manifest.Layers, *descriptor)
	}
	return manifest, nil
}

// uncompressed returns the image with its layers uncompressed.
func uncompressed(image v1.Image) (v1.Image, error) {
	layers, err := image.Layers()
	if err != nil {
		return nil, err
	}
	plain := &plainImage{Image: image}
	for _, l := range layers {
		converted := layer{open: l.Uncompressed}
		if converted.diffID, err = l.DiffID(); err != nil {
			return nil, err
		}
		content, err := l.Uncompressed()
		if err != nil {
			return nil, err
		}
		converted.size, err = io.Copy(io.Discard, content)
		content.Close()
		if err != nil {
			return nil, err
		}
		plain.layers = append(plain.layers, converted)
	}
	return plain, nil
}
