package images

import (
	"context"
	"fmt"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

// buildPython builds the substitute for the official Python image.
func buildPython(ctx context.Context, c *chain) (*built, error) {
	root, err := c.ensureRootfs(ctx, pythonSystem())
	if err != nil {
		return nil, err
	}
	image := &built{
		name: fmt.Sprintf("holdfast/python-substitute:debian-%s-python-%s", root.Debian, root.Versions["python3"]),
		description: fmt.Sprintf("Debian %s's Python %s with FastAPI %s, Uvicorn %s and pip %s", root.Debian,
			root.Versions["python3"], root.Versions["python3-fastapi"], root.Versions["uvicorn"], root.Versions["python3-pip"]),
	}
	return image, root.assemble(image, c.ref, v1.Config{Cmd: []string{"python3"}})
}

// assemble sets the image's content: the root file system, the other layers,
// and the configuration with the labels of a substitute.
func (r *rootfs) assemble(image *built, wanted reference, config v1.Config, others ...layer) error {
	base, err := r.layer()
	if err != nil {
		return err
	}
	created := v1.Time{Time: r.Built}
	content := v1.Image(empty.Image)
	for _, l := range append([]layer{base}, others...) {
		history := v1.History{Created: created, CreatedBy: "holdfast substitute", Comment: image.description}
		if content, err = mutate.Append(content, mutate.Addendum{Layer: l, History: history}); err != nil {
			return err
		}
	}
	file, err := content.ConfigFile()
	if err != nil {
		return err
	}
	defaults := []string{"LANG=C.UTF-8"}
	if !slices.ContainsFunc(config.Env, func(variable string) bool { return strings.HasPrefix(variable, "PATH=") }) {
		defaults = append(defaults, "PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin")
	}
	config.Env = append(defaults, config.Env...)
	config.Labels = map[string]string{
		Label: image.name, LabelFor: wanted.Familiar(), LabelDescription: image.description,
	}
	file = file.DeepCopy()
	file.Architecture, file.OS, file.Created, file.Config = r.Arch, "linux", created, config
	image.content, err = mutate.ConfigFile(content, file)
	return err
}

// minor returns the minor Python version: 3.13 of 3.13.5.
func minor(version string) string {
	parts := strings.SplitN(version, ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}
