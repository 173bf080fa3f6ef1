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

// FindDocker returns the docker CLI: this machine's, else that of the lab
// release under test, run on its own C library.
func FindDocker() ([]string, error) {
	if path, err := exec.LookPath("docker"); err == nil {
		return []string{path}, nil
	}
	release := settings.Release.Get()
	if release != "" {
		found, _ := filepath.Glob(filepath.Join(settings.CacheDir(), "lab", "rootfs", release+"-*", "root"))
		for _, root := range found {
			program := filepath.Join(root, "usr", "bin", "docker")
			if _, err := os.Stat(program); err == nil {
				return onItsOwn(root, program), nil
			}
		}
	}
	return nil, fmt.Errorf("this machine has no docker CLI in PATH, and no lab release under test brings one: the student has nothing to type; install docker-cli")
}

var dockerVersion = regexp.MustCompile(`version (\d+\.\d+\.\d+)`)

// DockerVersion asks a docker CLI for its own version.
func DockerVersion(ctx context.Context, docker []string) (*semver.Version, error) {
	ctx, cancel := context.WithTimeout(ctx, opening)
	defer cancel()
	said, err := exec.CommandContext(ctx, docker[0], append(docker[1:len(docker):len(docker)], "--version")...).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%v --version: %w: %s", docker, err, said)
	}
	found := dockerVersion.FindSubmatch(said)
	if found == nil {
		return nil, fmt.Errorf("%v --version printed %q, in which no version stands", docker, said)
	}
	return semver.NewVersion(string(found[1]))
}

// onItsOwn runs a program of a root file system with the loader and the
// libraries of that.
func onItsOwn(root, program string) []string {
	loaders, _ := filepath.Glob(filepath.Join(root, "usr", "lib*", "ld-linux*.so.*"))
	libraries, _ := filepath.Glob(filepath.Join(root, "usr", "lib", map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]+"-linux-gnu"))
	if len(loaders) == 0 || len(libraries) == 0 {
		return []string{program} // it needs none
	}
	return []string{loaders[0], "--library-path", libraries[0], program}
}
