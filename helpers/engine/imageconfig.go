package engine

import (
	"context"
	"maps"
	"slices"
)

// ImageConfig is what an image says of how it is to be run.
type ImageConfig struct {
	Cmd, Env, Exposed []string
	WorkingDir        string
}

// ImageConfig asks for an image's configuration.
func (e *Engine) ImageConfig(ctx context.Context, name string) (ImageConfig, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	found, err := e.api.ImageInspect(ctx, name)
	if err != nil || found.Config == nil {
		return ImageConfig{}, e.failed(err, "inspecting image %s", name)
	}
	return ImageConfig{
		Cmd: found.Config.Cmd, Env: found.Config.Env, WorkingDir: found.Config.WorkingDir,
		Exposed: slices.Sorted(maps.Keys(found.Config.ExposedPorts)),
	}, nil
}
