package images

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// nameAnnotations hold the names of the images in an OCI layout's index.
var nameAnnotations = []string{"io.containerd.image.name", "org.opencontainers.image.ref.name"}

// archive loads the image from the first archive that has it. The other images
// of that archive are not loaded: they could replace the user's.
func (c *chain) archive(ctx context.Context) (*Image, error) {
	dir := c.policy.Archives
	if dir == "" {
		return nil, next("HOLDFAST_IMAGES is not set")
	}
	paths, _ := fs.Glob(os.DirFS(dir), "*.tar") // the pattern is valid
	if len(paths) == 0 {
		return nil, next("HOLDFAST_IMAGES=%s has no *.tar file", dir)
	}
	scratch, err := os.MkdirTemp("", "holdfast-archive-")
	if err != nil {
		return nil, fmt.Errorf("creating a directory to unpack archives in: %w", err)
	}
	defer os.RemoveAll(scratch)
	var broken []error
	var seen []string
	for _, path := range paths {
		path = filepath.Join(dir, path)
		image, names, err := find(path, c.ref, c.platform(), scratch)
		seen = append(seen, names...)
		if err != nil {
			broken = append(broken, err)
		}
		if err != nil || image == nil {
			continue
		}
		c.progress.line("loading %s from %s", c.ref.Familiar(), path)
		if err := c.engine.LoadImage(ctx, image, c.ref.Familiar()); err != nil {
			return nil, fmt.Errorf("loading %s from %s: %w", c.wanted, path, err)
		}
		found, err := c.present(ctx)
		if err != nil {
			return nil, err
		}
		if found == nil {
			return nil, fmt.Errorf("loading %s from %s: the engine reported success, but has no such image", c.wanted, path)
		}
		found.Used, found.Source = path, Archive
		found.Description = "loaded from the archive " + path + " by this run"
		return found, nil
	}
	if len(broken) > 0 {
		// The user wants these archives used: skipping them would hide the problem.
		return nil, fmt.Errorf("looking for %s in HOLDFAST_IMAGES=%s: %w", c.wanted, dir, errors.Join(broken...))
	}
	slices.Sort(seen)
	holds := strings.Join(slices.Compact(seen), ", ")
	if holds == "" {
		holds = "no named image"
	}
	return nil, next("HOLDFAST_IMAGES=%s: %d archives hold %s", dir, len(paths), holds)
}

// find returns the image with the wanted name in an archive, or nil, and the
// names that the archive has. It reads what `docker save` writes and OCI image
// layouts; an OCI layout is unpacked below scratch.
func find(path string, wanted reference, platform v1.Platform, scratch string) (image v1.Image, names []string, err error) {
	defer func() {
		if err != nil {
			image, err = nil, fmt.Errorf("archive %s: %w", path, err)
		}
	}()
	files, index, err := list(path)
	if err != nil {
		return nil, nil, err
	}
	if !files["manifest.json"] && index == nil {
		return nil, nil, errors.New("it is not an image archive: it has neither manifest.json (docker save) nor index.json (OCI layout)")
	}
	if files["manifest.json"] {
		image, names, err = findSaved(path, wanted)
	}
	if image == nil && index != nil && err == nil { // recent engines write both
		var more []string
		image, more, err = findLayout(path, *index, wanted, platform, scratch)
		names = append(names, more...)
	}
	if image == nil || err != nil {
		return nil, names, err
	}
	config, err := image.ConfigFile()
	if err == nil && (config.OS != platform.OS || config.Architecture != platform.Architecture) {
		err = fmt.Errorf("its %s is built for %s/%s, the engine runs %s", wanted.Familiar(), config.OS, config.Architecture, platform)
	}
	return image, names, err
}

func findSaved(path string, wanted reference) (v1.Image, []string, error) {
	opener := func() (io.ReadCloser, error) { return os.Open(path) }
	manifest, err := tarball.LoadManifest(opener)
	if err != nil {
		return nil, nil, fmt.Errorf("reading its manifest.json: %w", err)
	}
	var names []string
	for _, image := range manifest {
		for _, text := range image.RepoTags {
			names = append(names, text)
			if !wanted.same(text) {
				continue
			}
			tag, err := name.NewTag(text)
			if err != nil {
				return nil, names, err
			}
			found, err := tarball.Image(opener, &tag)
			if err != nil {
				return nil, names, err
			}
			found, err = uncompressed(found)
			return found, names, err
		}
	}
	return nil, names, nil
}

func findLayout(path string, index v1.IndexManifest, wanted reference, platform v1.Platform, scratch string) (v1.Image, []string, error) {
	var names []string
	for _, descriptor := range index.Manifests {
		for _, key := range nameAnnotations {
			tag := descriptor.Annotations[key]
			if tag == "" {
				continue
			}
			names = append(names, tag)
			if !wanted.same(tag) {
				continue
			}
			dir, err := unpack(path, scratch)
			if err != nil {
				return nil, names, err
			}
			unpacked, err := layout.ImageIndexFromPath(dir)
			if err != nil {
				return nil, names, err
			}
			image, err := resolve(unpacked, descriptor, platform)
			return image, names, err
		}
	}
	return nil, names, nil
}

// resolve returns the image for the platform that a descriptor leads to, through
// nested indexes if necessary. The layout package does not verify digests.
func resolve(in v1.ImageIndex, descriptor v1.Descriptor, platform v1.Platform) (v1.Image, error) {
	if !descriptor.MediaType.IsIndex() {
		image, err := in.Image(descriptor.Digest)
		if err != nil {
			return nil, err
		}
		return image, verify(descriptor, image)
	}
	index, err := in.ImageIndex(descriptor.Digest)
	if err != nil {
		return nil, err
	}
	if err := verify(descriptor, index); err != nil {
		return nil, err
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return nil, err
	}
	var offered []string
	for _, candidate := range manifest.Manifests {
		if p := candidate.Platform; p != nil {
			offered = append(offered, p.String())
			if p.OS == platform.OS && p.Architecture == platform.Architecture {
				return resolve(index, candidate, platform)
			}
		}
	}
	return nil, fmt.Errorf("it has the image for %v, the engine runs %s", offered, platform)
}

func verify(descriptor v1.Descriptor, content interface{ Digest() (v1.Hash, error) }) error {
	digest, err := content.Digest()
	if err == nil && digest != descriptor.Digest {
		err = fmt.Errorf("it is damaged: the content of %s has the digest %s", descriptor.Digest, digest)
	}
	return err
}
