// Package compose finds the Compose under test and runs it on projects. Each
// project is a copy in a sandbox, with a unique name, free ports and our labels.
package compose

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"
)

// versionTimeout bounds `version`.
const versionTimeout = 15 * time.Second

// Origin is where a Compose came from.
type Origin string

// The origins, in the order in which they are tried.
const (
	Plugin     Origin = "plugin"     // the user's `docker compose`
	Standalone Origin = "standalone" // the user's `docker-compose`
	Embedded   Origin = "embedded"   // the pinned one, built from source
)

// Tool is a Compose, v2 or later.
type Tool struct {
	Path    []string // the program and its first arguments
	Version string   // normalised: "5.6.0"
	Origin  Origin
	// Buildx is whether Compose finds a usable buildx. Otherwise it must use the
	// engine's classic builder.
	Buildx bool
}

// String returns the name and version.
func (t Tool) String() string {
	name := map[Origin]string{Plugin: "docker compose", Standalone: "docker-compose", Embedded: "the embedded Docker Compose"}[t.Origin]
	return strings.TrimSpace(name + " " + t.Version)
}

// Find returns the Compose under test: the user's plugin, the user's standalone
// program, or the pinned one, which it builds if the cache has none. It reports
// to progress which programs it skips, and why.
func Find(ctx context.Context, progress io.Writer) (Tool, error) {
	if progress == nil {
		progress = io.Discard
	}
	docker, _ := exec.LookPath("docker")
	buildx := docker != "" && usableBuildx(ctx, docker)
	for _, candidate := range []Tool{
		{Path: []string{"docker", "compose"}, Origin: Plugin},
		{Path: []string{"docker-compose"}, Origin: Standalone},
	} {
		path, err := exec.LookPath(candidate.Path[0])
		if err != nil {
			continue
		}
		candidate.Path[0] = path
		version, err := candidate.version(ctx)
		if err != nil {
			// A docker without the plugin is common and not worth a line.
			if !noPlugin.MatchString(err.Error()) {
				fmt.Fprintf(progress, "Skipping %s: %v.\n", path, err)
			}
			continue
		}
		if version.Major() < 2 {
			fmt.Fprintf(progress, "Skipping %s: it is Compose %s, and v2 or later is needed.\n", path, version)
			continue
		}
		candidate.Version, candidate.Buildx = version.String(), buildx
		return candidate, nil
	}
	path, err := ensureEmbedded(ctx, progress)
	if err != nil {
		return Tool{}, err
	}
	tool := Tool{Path: []string{path}, Origin: Embedded, Buildx: buildx}
	version, err := tool.version(ctx)
	if err != nil {
		return Tool{}, fmt.Errorf("the embedded Compose %s does not run: %w; remove it to have it built again", path, err)
	}
	tool.Version = version.String()
	return tool, nil
}

// noPlugin matches a docker CLI's error for a missing plugin.
var noPlugin = regexp.MustCompile(`unknown (?:docker )?command|is not a docker command`)

// version runs `version`, which all programs understand. They print
// `version --short` differently.
func (t Tool) version(ctx context.Context) (*semver.Version, error) {
	printed, err := outputOf(ctx, t.Path[0], append(t.Path[1:len(t.Path):len(t.Path)], "version")...)
	if err != nil {
		return nil, err
	}
	return parseVersion(printed)
}

// versionText matches Compose's version among other programs' versions.
var versionText = regexp.MustCompile(`(?i)compose(?: plugin)? version:? v?(\d+\.\d+(?:\.\d+)?[0-9A-Za-z.+~-]*)`)

// parseVersion returns the version that Compose printed, without the suffix of a
// distribution ("2.26.1-4", "2.40.3+ds1-0ubuntu1"), which is not a pre-release.
func parseVersion(printed string) (*semver.Version, error) {
	found := versionText.FindStringSubmatch(printed)
	if found == nil {
		return nil, fmt.Errorf("`version` printed %q, without a version of Compose", firstLine(printed))
	}
	parsed, err := semver.NewVersion(strings.ReplaceAll(found[1], "~", "-"))
	if err != nil {
		return nil, fmt.Errorf("`version` printed %q: %w", firstLine(printed), err)
	}
	return semver.New(parsed.Major(), parsed.Minor(), parsed.Patch(), "", ""), nil
}

// buildxText matches the version in the output of `docker buildx version`.
var buildxText = regexp.MustCompile(`buildx v?(\d+\.\d+(?:\.\d+)?)`)

// oldestBuildx is the oldest buildx that current Compose can use.
var oldestBuildx = semver.New(0, 17, 0, "", "")

func usableBuildx(ctx context.Context, docker string) bool {
	printed, err := outputOf(ctx, docker, "buildx", "version")
	if err != nil {
		return false
	}
	found := buildxText.FindStringSubmatch(printed)
	if found == nil {
		return false
	}
	version, err := semver.NewVersion(found[1])
	return err == nil && !version.LessThan(oldestBuildx)
}

// outputOf runs a program that prints a version.
func outputOf(ctx context.Context, program string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, versionTimeout)
	defer cancel()
	command := exec.CommandContext(ctx, program, args...)
	// The engine of a docker context may be unreachable: do not ask it.
	command.Env = append(os.Environ(), "DOCKER_CONTEXT=")
	command.WaitDelay = time.Second
	output, err := command.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("`%s %s` failed: %w: %s", program, strings.Join(args, " "), err, firstLine(string(output)))
	}
	return string(output), nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}
