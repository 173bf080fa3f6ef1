// Package compose finds the Compose that is tested, and drives it: a copy of
// a project's files in a sandbox, under a name of its own, with ports that
// are free and labels that are ours.
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

// asking bounds the question which version a program is.
const asking = 15 * time.Second

// Origin tells where a Compose came from.
type Origin string

// The origins, in the order in which they are tried.
const (
	Plugin     Origin = "plugin"     // the user's `docker compose`
	Standalone Origin = "standalone" // the user's `docker-compose`
	Embedded   Origin = "embedded"   // the pinned one, built from source
)

// Tool is a Compose, v2 or later.
type Tool struct {
	Path    []string // the program and the arguments that come first
	Version string   // normalised: "5.6.0"
	Origin  Origin
	// Buildx tells whether Compose finds a buildx that it can build with;
	// where not, it is told to use the engine's classic builder.
	Buildx bool
}

// String is the tool in a few words, for people.
func (t Tool) String() string {
	name := map[Origin]string{Plugin: "docker compose", Standalone: "docker-compose", Embedded: "the embedded Docker Compose"}[t.Origin]
	return strings.TrimSpace(name + " " + t.Version)
}

// Find returns the Compose that is tested: the user's plugin, else the user's
// standalone program, else the pinned one, which is built where the cache has
// none. What is passed over, and why, is told as lines of progress.
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
		version, err := candidate.ask(ctx)
		if err != nil {
			// A docker without the plugin is the usual case, not worth a line.
			if !noPlugin.MatchString(err.Error()) {
				fmt.Fprintf(progress, "%s is passed over: %v.\n", path, err)
			}
			continue
		}
		if version.Major() < 2 {
			fmt.Fprintf(progress, "%s is Compose %s and too old: Compose v2 or later is wanted. It is passed over.\n", path, version)
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
	version, err := tool.ask(ctx)
	if err != nil {
		return Tool{}, fmt.Errorf("the embedded Compose in %s does not answer: %w; remove it, and it is built anew", path, err)
	}
	tool.Version = version.String()
	return tool, nil
}

// noPlugin is how a docker CLI says that it has no such plugin.
var noPlugin = regexp.MustCompile(`unknown (?:docker )?command|is not a docker command`)

// ask asks the program which version it is. `version` is understood by all of
// them, `version --short` is not printed alike.
func (t Tool) ask(ctx context.Context) (*semver.Version, error) {
	answer, err := answerOf(ctx, t.Path[0], append(t.Path[1:len(t.Path):len(t.Path)], "version")...)
	if err != nil {
		return nil, err
	}
	return parseVersion(answer)
}

// versionText is a version in what Compose prints, among other programs' versions.
var versionText = regexp.MustCompile(`(?i)compose(?: plugin)? version:? v?(\d+\.\d+(?:\.\d+)?[0-9A-Za-z.+~-]*)`)

// parseVersion finds Compose's version in what it prints. Distributions add
// to it ("2.26.1-4", "2.40.3+ds1-0ubuntu1"): that is dropped, and no pre-release.
func parseVersion(printed string) (*semver.Version, error) {
	found := versionText.FindStringSubmatch(printed)
	if found == nil {
		return nil, fmt.Errorf("it answered `version` with %q, in which no version of Compose stands", firstLine(printed))
	}
	parsed, err := semver.NewVersion(strings.ReplaceAll(found[1], "~", "-"))
	if err != nil {
		return nil, fmt.Errorf("it answered `version` with %q: %w", firstLine(printed), err)
	}
	return semver.New(parsed.Major(), parsed.Minor(), parsed.Patch(), "", ""), nil
}

// buildxText is the version in what `docker buildx version` prints.
var buildxText = regexp.MustCompile(`buildx v?(\d+\.\d+(?:\.\d+)?)`)

// oldestBuildx is the oldest buildx with which current Compose builds.
var oldestBuildx = semver.New(0, 17, 0, "", "")

func usableBuildx(ctx context.Context, docker string) bool {
	answer, err := answerOf(ctx, docker, "buildx", "version")
	if err != nil {
		return false
	}
	found := buildxText.FindStringSubmatch(answer)
	if found == nil {
		return false
	}
	version, err := semver.NewVersion(found[1])
	return err == nil && !version.LessThan(oldestBuildx)
}

// answerOf runs a program that only answers a question.
func answerOf(ctx context.Context, program string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	command := exec.CommandContext(ctx, program, args...)
	// Another context's engine, which may be out of reach, is not asked.
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
