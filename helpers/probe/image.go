// Package probe provides the program that the suite runs inside containers: an
// image with one static program, and its commands.
package probe

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"strings"

	source "github.com/holdfast/holdfast/fixtures/images/probe"
	"github.com/holdfast/holdfast/helpers/engine"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// Repository is the name of the probe image. Its tag is a digest of its source.
const Repository = "holdfast/probe"

// Seed is a directory of the image with one file, for scenarios about files in an
// image. SeedText is that file's content.
const (
	Seed     = "/seed"
	SeedText = "from the image"
)

// Ensure loads the probe image into the engine, unless it has it, and returns its
// reference.
func Ensure(ctx context.Context, e *engine.Engine) (string, error) {
	digest, err := sourceDigest(e.Facts.Arch)
	if err != nil {
		return "", err
	}
	reference := Repository + ":" + digest
	if _, err := e.InspectImage(ctx, reference); !engine.IsNotFound(err) {
		return reference, err
	}
	binary, err := executable(ctx, e.Facts.Arch)
	if err != nil {
		return "", err
	}
	image, err := assemble(binary, e.Facts.Arch)
	if err != nil {
		return "", fmt.Errorf("assembling the probe image: %w", err)
	}
	return reference, e.LoadImage(ctx, image, reference)
}

// label marks every version of the probe image.
const label = "holdfast.image"

// Remove removes all versions of the probe image from the engine, except one that
// a container of another run uses.
func Remove(ctx context.Context, e *engine.Engine) error {
	images, err := e.ListImages(ctx, label+"=probe")
	for _, image := range images {
		if failed := e.RemoveImage(ctx, image.ID); failed != nil && !engine.IsConflict(failed) && !engine.IsNotFound(failed) {
			err = errors.Join(err, failed)
		}
	}
	return err
}

func sourceDigest(arch string) (string, error) {
	hash := sha256.New()
	fmt.Fprintln(hash, arch, runtime.Version(), Seed, SeedText)
	err := eachSource(func(path string, data []byte) error {
		fmt.Fprintln(hash, path, len(data))
		_, err := hash.Write(data)
		return err
	})
	return fmt.Sprintf("%x", hash.Sum(nil))[:12], err
}

func eachSource(visit func(path string, data []byte) error) error {
	return fs.WalkDir(source.Source, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, "_test.go") {
			return err
		}
		data, err := source.Source.ReadFile(path)
		if err != nil {
			return err
		}
		return visit(path, data)
	})
}

func assemble(program []byte, arch string) (v1.Image, error) {
	var layer bytes.Buffer
	files := tar.NewWriter(&layer)
	for _, file := range []struct {
		header tar.Header
		data   []byte
	}{
		{tar.Header{Typeflag: tar.TypeReg, Name: "probe", Mode: 0o755}, program},
		{tar.Header{Typeflag: tar.TypeDir, Name: "tmp/", Mode: 0o1777}, nil},
		{tar.Header{Typeflag: tar.TypeDir, Name: "app/", Mode: 0o755}, nil},
		{tar.Header{Typeflag: tar.TypeDir, Name: Seed[1:] + "/", Mode: 0o755}, nil},
		{tar.Header{Typeflag: tar.TypeReg, Name: Seed[1:] + "/seed.txt", Mode: 0o644}, []byte(SeedText)},
	} {
		file.header.Size = int64(len(file.data))
		if err := files.WriteHeader(&file.header); err != nil {
			return nil, err
		}
		if _, err := files.Write(file.data); err != nil {
			return nil, err
		}
	}
	if err := files.Close(); err != nil {
		return nil, err
	}
	packed, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(layer.Bytes())), nil })
	if err != nil {
		return nil, err
	}
	image, err := mutate.AppendLayers(empty.Image, packed)
	if err != nil {
		return nil, err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", arch
	config.Config.Entrypoint = []string{"/probe"}
	config.Config.Labels = map[string]string{label: "probe"}
	return mutate.ConfigFile(image, config)
}
