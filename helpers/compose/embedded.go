package compose

import (
	"context"
	"fmt"
	"io"

	"github.com/holdfast/holdfast/helpers/nested"
	"github.com/holdfast/holdfast/helpers/settings"
)

// embedded is the Compose under test if the user has none. Its file name tells it
// that it does not run as a plugin.
var embedded = nested.Program{
	Name: "Docker Compose", Dir: "helpers/compose/embedded",
	Module: "github.com/docker/compose/v5", Package: "github.com/docker/compose/v5/cmd",
	Linked: "github.com/docker/compose/v5/internal.Version", As: "%s",
	Cache: "compose", File: "docker-compose", Takes: "about a minute",
}

// ensureEmbedded returns the pinned Compose in the cache, and builds it if necessary.
func ensureEmbedded(ctx context.Context, progress io.Writer) (string, error) {
	path, err := embedded.Ensure(ctx, progress)
	if err != nil {
		return "", fmt.Errorf("no Docker Compose v2 or later in PATH, and the embedded one could not be built: %w; install Docker Compose, or check that the Go toolchain reaches its module proxy (GOPROXY) and that %s is writable", err, settings.CacheDir())
	}
	return path, nil
}
