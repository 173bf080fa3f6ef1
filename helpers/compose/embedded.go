package compose

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/holdfast/holdfast/helpers/nested"
	"github.com/holdfast/holdfast/helpers/settings"
)

// embedded is the Compose that is tested where the user has none. By its own
// file's name it knows that it does not run as a plugin.
var embedded = nested.Program{
	Name: "Docker Compose", Folder: "helpers/compose/embedded",
	Module: "github.com/docker/compose/v5", Package: "github.com/docker/compose/v5/cmd",
	Linked: "github.com/docker/compose/v5/internal.Version", As: "%s",
	Cache: "compose", File: "docker-compose", Takes: "about a minute",
}

// ensureEmbedded returns the pinned Compose in the cache, built once.
func ensureEmbedded(ctx context.Context, progress io.Writer) (string, error) {
	path, err := embedded.Ensure(ctx, progress)
	if err != nil {
		return "", fmt.Errorf("no Docker Compose v2 or later in PATH, and the embedded one could not be built: %w; install Docker Compose, or see to it that the Go toolchain reaches its module proxy (GOPROXY) and that %s is writable", err, settings.CacheDir())
	}
	return path, nil
}

func isFile(path string) bool {
	found, err := os.Stat(path)
	return err == nil && found.Mode().IsRegular()
}

func lastLines(text string, count int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(lines) > count {
		lines = append([]string{"..."}, lines[len(lines)-count:]...)
	}
	return strings.Join(lines, "\n")
}
