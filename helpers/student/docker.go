package student

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"

	"github.com/Masterminds/semver/v3"
	"github.com/holdfast/holdfast/helpers/settings"
)

// FindDocker returns the command for the docker CLI: the one in PATH, or else that of
// the lab release under test, run with the loader and libraries of its release.
func FindDocker() ([]string, error) {
	if path, err := exec.LookPath("docker"); err == nil {
		return []string{path}, nil
	}
	if release := settings.Release.Get(); release != "" {
		roots, _ := filepath.Glob(filepath.Join(settings.CacheDir(), "lab", "rootfs", release+"-*", "root"))
		for _, root := range roots {
			program := filepath.Join(root, "usr", "bin", "docker")
			if _, err := os.Stat(program); err == nil {
				return withOwnLibraries(root, program), nil
			}
		}
	}
	return nil, fmt.Errorf("no docker CLI in PATH, and no lab release under test has one: install docker-cli")
}

func withOwnLibraries(root, program string) []string {
	loaders, _ := filepath.Glob(filepath.Join(root, "usr", "lib*", "ld-linux*.so.*"))
	triplet := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH] + "-linux-gnu"
	libraries, _ := filepath.Glob(filepath.Join(root, "usr", "lib", triplet))
	if len(loaders) == 0 || len(libraries) == 0 {
		return []string{program} // statically linked
	}
	return []string{loaders[0], "--library-path", libraries[0], program}
}

var dockerVersion = regexp.MustCompile(`version (\d+\.\d+\.\d+)`)

// DockerVersion returns the version that a docker CLI reports of itself.
func DockerVersion(ctx context.Context, docker []string) (*semver.Version, error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	printed, err := exec.CommandContext(ctx, docker[0], append(docker[1:len(docker):len(docker)], "--version")...).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%v --version: %w: %s", docker, err, printed)
	}
	found := dockerVersion.FindSubmatch(printed)
	if found == nil {
		return nil, fmt.Errorf("%v --version printed %q, which has no version", docker, printed)
	}
	return semver.NewVersion(string(found[1]))
}
