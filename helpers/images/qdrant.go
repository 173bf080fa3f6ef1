package images

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	qdrantimage "github.com/holdfast/holdfast/fixtures/images/qdrant"
)

// service is the image's directory for the service and the storage engine.
const service = "opt/holdfast-qdrant"

// buildQdrant builds the substitute for the Qdrant server: the Python
// substitute's layer, and a layer with Qdrant's storage engine and our service.
func buildQdrant(ctx context.Context, c *chain) (*built, error) {
	root, err := c.ensureRootfs(ctx, pythonSystem())
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
	image := &built{
		name: "holdfast/qdrant-substitute:" + engine + "-" + version,
		description: fmt.Sprintf("Qdrant's storage engine (%s %s) behind a thin REST service on Debian %s's Python %s: decides persistence only, not Qdrant's server",
			engine, version, root.Debian, root.Versions["python3"]),
	}
	return image, root.assemble(image, c.ref, v1.Config{
		WorkingDir:   "/qdrant",
		Cmd:          []string{"python3", "/" + service + "/server.py"},
		Env:          []string{"PYTHONUNBUFFERED=1", "PYTHONDONTWRITEBYTECODE=1"},
		ExposedPorts: map[string]struct{}{"6333/tcp": {}},
	}, layer)
}

// qdrantLayer holds the unpacked wheel and our service.
func qdrantLayer(wheel string) (layer, error) {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, dir := range []string{"opt/", service + "/", "qdrant/", "qdrant/storage/", "qdrant/snapshots/"} {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir, Mode: 0o755}); err != nil {
			return layer{}, err
		}
	}
	put := func(from fs.FS, file, name string) error {
		data, err := fs.ReadFile(from, file)
		if err != nil {
			return err
		}
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: path.Join(service, name), Size: int64(len(data)), Mode: 0o644}); err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	}
	archive, err := zip.OpenReader(wheel)
	if err != nil {
		return layer{}, err
	}
	defer archive.Close()
	for _, file := range archive.File {
		if strings.HasSuffix(file.Name, "/") || strings.Contains(file.Name, "/sboms/") {
			continue
		}
		if err := put(archive, file.Name, file.Name); err != nil { // fs.ReadFile refuses names with ..
			return layer{}, err
		}
	}
	programs, err := fs.Glob(qdrantimage.Service, "service/*.py")
	if err != nil {
		return layer{}, err
	}
	for _, program := range programs {
		if err := put(qdrantimage.Service, program, path.Base(program)); err != nil {
			return layer{}, err
		}
	}
	if err := w.Close(); err != nil {
		return layer{}, err
	}
	return newLayer(out.Bytes())
}
