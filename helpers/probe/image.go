// Package probe is the suite's hand and eye inside containers: an image with
// one static program, and the commands that it understands.
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
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	source "github.com/holdfast/holdfast/fixtures/images/probe"
	"github.com/holdfast/holdfast/helpers/engine"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// Repository names the probe image; its tag is the digest of what it was made from.
const Repository = "holdfast/probe"

// Seed is the folder of the image that holds files, for scenarios about what
// an image brings along; SeedText is what its one file holds.
const (
	Seed     = "/seed"
	SeedText = "from the image"
)

// Ensure sees to it that the engine has the probe image, and returns its
// reference. An engine that has it already is left as it is.
func Ensure(ctx context.Context, e *engine.Engine) (string, error) {
	digest, err := sourceDigest(e.Facts.Arch)
	if err != nil {
		return "", err
	}
	reference := Repository + ":" + digest
	if _, err := e.InspectImage(ctx, reference); !engine.IsNotFound(err) {
		return reference, err
	}
	program, err := build(ctx, e.Facts.Arch)
	if err != nil {
		return "", err
	}
	image, err := assemble(program, e.Facts.Arch)
	if err != nil {
		return "", fmt.Errorf("assembling the probe image: %w", err)
	}
	return reference, e.LoadImage(ctx, image, reference)
}

// label marks the probe image, of whichever version.
const label = "holdfast.image"

// Remove removes the probe images from the engine, old versions too. One that
// a container uses stays: some run is at work.
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

var gcflags = regexp.MustCompile(`"--?gcflags=[^"]*"|'--?gcflags=[^']*'|--?gcflags=\S+`)

// compilerFlags are the compiler's flags in GOFLAGS, in which one that has
// spaces is quoted.
func compilerFlags(goflags string) string {
	return strings.Join(gcflags.FindAllString(goflags, -1), " ")
}

// build compiles the program for the engine's architecture with the Go
// toolchain of this machine. With the flags that the suite itself is built with
// most of the standard library has just been compiled: -trimpath, for one,
// would have all of it compiled anew. What else GOFLAGS asks for might make a
// program that needs more than an empty image has.
func build(ctx context.Context, arch string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "holdfast-probe-")
	if err != nil {
		return nil, fmt.Errorf("making a folder to build the probe in: %w", err)
	}
	defer os.RemoveAll(dir)
	// In a module of this name, and where it stands in it, the program imports what it imports here.
	err = os.CopyFS(filepath.Join(dir, "fixtures", "images", "probe"), source.Source)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module github.com/holdfast/holdfast\n\ngo 1.26\n"), 0o644)
	}
	if err != nil {
		return nil, fmt.Errorf("writing the probe's source: %w", err)
	}
	command := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-o", "probe", "./fixtures/images/probe/program")
	command.Dir = dir
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch, "GOFLAGS="+compilerFlags(os.Getenv("GOFLAGS")), "GOWORK=off")
	if output, err := command.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building the probe for linux/%s with the Go toolchain: %w\n%s", arch, err, output)
	}
	return os.ReadFile(filepath.Join(dir, "probe"))
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
