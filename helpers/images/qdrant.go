package images

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	qdrantimage "github.com/holdfast/holdfast/fixtures/images/qdrant"
)

// service is where the image has its program and the storage engine.
const service = "opt/holdfast-qdrant"

// buildQdrant makes the substitute for the Qdrant server: the Python
// substitute's layer, and one with Qdrant's storage engine and our service.
func buildQdrant(ctx context.Context, c *chain) (*made, error) {
	root, err := c.ensureRootfs(ctx)
	if err != nil {
		return nil, err
	}
	wheel, err := c.ensureWheel(ctx, root)
	if err != nil {
		return nil, err
	}
	layer, err := qdrantLayer(wheel)
	if err != nil {
		return nil, fmt.Errorf("assembling the substitute for %s from %s: %w", c.wanted, wheel, err)
	}
	engine, version := qdrantimage.Wheel()
	image := &made{
		name: "holdfast/qdrant-substitute:" + engine + "-" + version,
		description: fmt.Sprintf("Qdrant's storage engine (%s %s) behind a thin REST service on Debian %s's Python %s: decides persistence only, not Qdrant's server",
			engine, version, root.Debian, root.version("python3")),
	}
	image.layers = []blob{root.layer(), inMemory(layer)}
	image.config, err = root.config(image, c.ref, v1.Config{
		WorkingDir:   "/qdrant",
		Cmd:          []string{"python3", "/" + service + "/server.py"},
		Env:          []string{"PYTHONUNBUFFERED=1", "PYTHONDONTWRITEBYTECODE=1"},
		ExposedPorts: map[string]struct{}{"6333/tcp": {}},
	}, root.DiffID, fmt.Sprintf("sha256:%x", sha256.Sum256(layer)))
	return image, err
}

// qdrantLayer unpacks the wheel beside our service.
func qdrantLayer(wheel string) ([]byte, error) {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	put := func(name string, data []byte) error {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(data)), Mode: 0o644}); err != nil {
			return err
		}
		_, err := w.Write(data)
		return err
	}
	for _, folder := range []string{"opt/", service + "/", "qdrant/", "qdrant/storage/", "qdrant/snapshots/"} {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: folder, Mode: 0o755}); err != nil {
			return nil, err
		}
	}
	archive, err := zip.OpenReader(wheel)
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	for _, file := range archive.File {
		if strings.HasSuffix(file.Name, "/") || strings.Contains(file.Name, "/sboms/") {
			continue
		}
		if !inside(file.Name) {
			return nil, fmt.Errorf("refused: %q reaches out of the wheel", file.Name)
		}
		data, err := unzip(file)
		if err == nil {
			err = put(path.Join(service, file.Name), data)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file.Name, err)
		}
	}
	programs, err := fs.Glob(qdrantimage.Service, "service/*.py")
	if err != nil {
		return nil, err
	}
	for _, program := range programs {
		data, err := qdrantimage.Service.ReadFile(program)
		if err == nil {
			err = put(path.Join(service, path.Base(program)), data)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", program, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func unzip(file *zip.File) ([]byte, error) {
	r, err := file.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}
