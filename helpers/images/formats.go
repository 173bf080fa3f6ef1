package images

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// nameAnnotations are where an OCI layout's index names its images.
var nameAnnotations = []string{"io.containerd.image.name", "org.opencontainers.image.ref.name"}

// find looks for the reference in a `docker save` archive or an OCI image
// layout; recent engines write both into one file.
func (t *tarFile) find(wanted reference, platform v1.Platform) (*bundle, []string, error) {
	if !t.has("manifest.json") && !t.has("index.json") {
		return nil, nil, errors.New("it is no image archive: it has neither manifest.json (docker save) nor index.json (OCI layout)")
	}
	var names []string
	for _, format := range []struct {
		file string
		find func(reference, v1.Platform) (*bundle, []string, error)
	}{{"manifest.json", t.findSaved}, {"index.json", t.findLayout}} {
		if !t.has(format.file) {
			continue
		}
		image, found, err := format.find(wanted, platform)
		names = append(names, found...)
		if err != nil || image != nil {
			return image, names, err
		}
	}
	return nil, names, nil
}

func (t *tarFile) findSaved(wanted reference, _ v1.Platform) (*bundle, []string, error) {
	var manifest tarball.Manifest
	if err := t.json("manifest.json", &manifest); err != nil {
		return nil, nil, err
	}
	var names []string
	for _, image := range manifest {
		for _, tag := range image.RepoTags {
			names = append(names, tag)
			if wanted.same(tag) {
				made, err := t.assemble(image.Config, image.Layers)
				return made, names, err
			}
		}
	}
	return nil, names, nil
}

func (t *tarFile) findLayout(wanted reference, platform v1.Platform) (*bundle, []string, error) {
	var index v1.IndexManifest
	if err := t.json("index.json", &index); err != nil {
		return nil, nil, err
	}
	var names []string
	for _, descriptor := range index.Manifests {
		for _, key := range nameAnnotations {
			tag := descriptor.Annotations[key]
			if tag == "" {
				continue
			}
			names = append(names, tag)
			if wanted.same(tag) {
				made, err := t.fromDescriptor(descriptor, platform, 0)
				return made, names, err
			}
		}
	}
	return nil, names, nil
}

// fromDescriptor follows indexes of several platforms down to the engine's.
func (t *tarFile) fromDescriptor(descriptor v1.Descriptor, platform v1.Platform, depth int) (*bundle, error) {
	if !descriptor.MediaType.IsIndex() {
		var manifest v1.Manifest
		if err := t.verified(descriptor.Digest, &manifest); err != nil {
			return nil, err
		}
		layers := make([]string, len(manifest.Layers))
		for i, layer := range manifest.Layers {
			layers[i] = blobPath(layer.Digest)
		}
		return t.assemble(blobPath(manifest.Config.Digest), layers)
	}
	var index v1.IndexManifest
	if err := t.verified(descriptor.Digest, &index); err != nil {
		return nil, err
	}
	if depth > 3 {
		return nil, errors.New("refused: indexes within indexes without an end")
	}
	var offered []string
	for _, candidate := range index.Manifests {
		if candidate.Platform == nil {
			continue
		}
		offered = append(offered, candidate.Platform.String())
		if candidate.Platform.OS == platform.OS && candidate.Platform.Architecture == platform.Architecture {
			return t.fromDescriptor(candidate, platform, depth+1)
		}
	}
	return nil, fmt.Errorf("it has the image for %v, and the engine runs %s", offered, platform)
}

func blobPath(digest v1.Hash) string { return "blobs/" + digest.Algorithm + "/" + digest.Hex }

// verified reads a description that must be what its digest says.
func (t *tarFile) verified(digest v1.Hash, into any) error {
	data, err := t.read(blobPath(digest))
	if err != nil {
		return err
	}
	if sum := fmt.Sprintf("%x", sha256.Sum256(data)); digest.Algorithm != "sha256" || sum != digest.Hex {
		return fmt.Errorf("damaged: %s has the digest sha256:%s", blobPath(digest), sum)
	}
	return t.json(blobPath(digest), into)
}

// assemble finds the image's parts. The engine itself checks every layer
// against the digests of the configuration.
func (t *tarFile) assemble(config string, layers []string) (*bundle, error) {
	data, err := t.read(config)
	if err != nil {
		return nil, err
	}
	image := &bundle{config: data}
	for _, layer := range layers {
		found, err := t.blob(layer)
		if err != nil {
			return nil, err
		}
		image.layers = append(image.layers, found)
	}
	return image, nil
}

// inMemory is a blob of these bytes.
func inMemory(data []byte) blob {
	return blob{int64(len(data)), func() (io.ReadCloser, error) { return io.NopCloser(bytesReader(data)), nil }}
}
