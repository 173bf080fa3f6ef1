//go:build !dist

package probe

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	source "github.com/holdfast/holdfast/fixtures/images/probe"
)

var gcflags = regexp.MustCompile(`"--?gcflags=[^"]*"|'--?gcflags=[^']*'|--?gcflags=\S+`)

// compilerFlags returns the compiler flags in GOFLAGS. A flag with spaces is quoted
// there.
func compilerFlags(goflags string) string {
	return strings.Join(gcflags.FindAllString(goflags, -1), " ")
}

// executable compiles the probe for the engine's architecture with this machine's Go
// toolchain. It uses the suite's own compiler flags, for which most of the
// standard library is in the build cache; with -trimpath, for example, all of it
// would be compiled again. Other GOFLAGS could make a program that does not run in
// an empty image.
func executable(ctx context.Context, arch string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "holdfast-probe-")
	if err != nil {
		return nil, fmt.Errorf("creating a directory to build the probe in: %w", err)
	}
	defer os.RemoveAll(dir)
	// The module has the same name and layout, so that the program's imports resolve.
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
