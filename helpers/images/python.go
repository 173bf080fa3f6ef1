package images

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// buildPython makes the substitute for the official Python image.
func buildPython(ctx context.Context, c *chain) (*made, error) {
	root, err := c.ensureRootfs(ctx)
	if err != nil {
		return nil, err
	}
	image := &made{
		name: fmt.Sprintf("holdfast/python-substitute:debian-%s-python-%s", root.Debian, root.version("python3")),
		description: fmt.Sprintf("Debian %s's Python %s with FastAPI %s, Uvicorn %s and pip %s", root.Debian,
			root.version("python3"), root.version("python3-fastapi"), root.version("uvicorn"), root.version("python3-pip")),
	}
	image.layers = []blob{root.layer()}
	image.config, err = root.config(image, c.ref, v1.Config{Cmd: []string{"python3"}}, root.DiffID)
	return image, err
}

// config writes the image's configuration with the labels of a substitute.
func (r *rootfs) config(image *made, wanted reference, config v1.Config, diffIDs ...string) ([]byte, error) {
	config.Env = append([]string{
		"PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
		"LANG=C.UTF-8",
	}, config.Env...)
	config.Labels = map[string]string{
		Label: image.name, LabelFor: wanted.Familiar(), LabelDescription: image.description,
	}
	file := v1.ConfigFile{
		Architecture: r.Arch, OS: "linux", Created: v1.Time{Time: r.Built}, Config: config,
		RootFS: v1.RootFS{Type: "layers"},
	}
	for _, id := range diffIDs {
		hash, err := v1.NewHash(id)
		if err != nil {
			return nil, fmt.Errorf("the layer's digest %q: %w", id, err)
		}
		file.RootFS.DiffIDs = append(file.RootFS.DiffIDs, hash)
		file.History = append(file.History, v1.History{Created: file.Created, CreatedBy: "holdfast substitute", Comment: image.description})
	}
	return json.Marshal(file)
}

// minor is the minor Python version, 3.13 of 3.13.5.
func minor(version string) string {
	parts := strings.SplitN(version, ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}
