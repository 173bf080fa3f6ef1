package lab

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
	"go.yaml.in/yaml/v4"

	"github.com/holdfast/holdfast/fixtures/engines"
)

// DefaultRelease is started if no release is named.
const DefaultRelease = "docker-trixie"

// Release describes one engine that the lab can start: a file of fixtures/engines.
type Release struct {
	// Name is the file's name without the extension.
	Name string `yaml:"name"`
	// Engine is docker or podman.
	Engine string `yaml:"engine"`
	// Description is shown by lab list.
	Description string `yaml:"description"`
	// Suite is the Debian suite of the root file system.
	Suite string `yaml:"suite"`
	// Packages are installed in the root file system. The first is the engine's:
	// its version is the release's.
	Packages []string `yaml:"packages"`
	// Build names programs that are built from source and precede packaged ones
	// in PATH. Its version is then the release's.
	Build *Build `yaml:"build"`
	// AptOptions are lines of apt's configuration, used during the build only.
	AptOptions []string `yaml:"aptOptions"`
	// Command starts the engine in the foreground. {socket} is replaced by the path
	// of the socket that the engine must listen on; in a virtual machine, {address}
	// by the TCP address.
	Command []string `yaml:"command"`
	// Environment is added to the engine's variables.
	Environment map[string]string `yaml:"environment"`
	// DataRoot is the engine's data directory. The lab mounts a directory of the
	// host's file system there: engines cannot keep their data on an overlay.
	DataRoot string `yaml:"dataRoot"`
	// Files maps absolute paths to contents, written before the engine starts.
	Files map[string]string `yaml:"files"`
	// Sharing is how the engine gets the host's shared directories. Default: native.
	Sharing Sharing `yaml:"sharing"`
	// VM describes the virtual machine in which the engine runs, or is nil.
	VM *VM `yaml:"vm"`
	// Expect is the version constraint that the packages met when the file was
	// written. The lab warns about other versions and starts them.
	Expect string `yaml:"expect"`
}

// Build describes programs of a Go module whose version a nested module pins.
type Build struct {
	// Folder is the nested module's directory, relative to Holdfast's top.
	Folder string `yaml:"folder"`
	// Module is the path of the module to build.
	Module string `yaml:"module"`
	// Programs are the module's main packages to build.
	Programs []string `yaml:"programs"`
	// Linked is the variable that the linker sets to As, in which %s is replaced
	// by the version.
	Linked string `yaml:"linked"`
	As     string `yaml:"as"`
	// Takes is the duration of the build, for progress messages.
	Takes string `yaml:"takes"`
}

// VM describes a virtual machine.
type VM struct {
	// Memory is the machine's memory in MiB.
	Memory int `yaml:"memory"`
}

// Releases returns every release, sorted by name.
func Releases() ([]Release, error) { return parseReleases(engines.Files) }

func parseReleases(files fs.FS) ([]Release, error) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, err
	}
	var releases []Release
	var problems []error
	for _, name := range names {
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		release, err := parseRelease(name, content)
		problems = append(problems, err)
		releases = append(releases, release)
	}
	return releases, errors.Join(problems...)
}

func parseRelease(file string, content []byte) (Release, error) {
	var release Release
	if err := yaml.Load(content, &release, yaml.WithKnownFields()); err != nil {
		return release, yamlError(file, err)
	}
	var document yaml.Node
	if err := yaml.Load(content, &document); err != nil {
		return release, yamlError(file, err)
	}
	if release.Sharing == "" {
		release.Sharing = Native
	}
	if key, problem := release.validate(strings.TrimSuffix(path.Base(file), ".yaml")); problem != "" {
		return release, fmt.Errorf("%s:%d: %s: %s", file, lineOf(&document, key), key, problem)
	}
	return release, nil
}

var (
	releaseName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9.]+)*$`)
	word        = regexp.MustCompile(`^[a-z0-9][a-z0-9.+-]*$`)
)

// validate returns the first key with an invalid value, and the reason.
func (r Release) validate(fileName string) (key, problem string) {
	switch {
	case r.Name != fileName || !releaseName.MatchString(r.Name):
		return "name", fmt.Sprintf("must be %q, like the file, in lower case", fileName)
	case r.Engine != "docker" && r.Engine != "podman":
		return "engine", fmt.Sprintf("must be docker or podman, not %q", r.Engine)
	case !word.MatchString(r.Suite):
		return "suite", fmt.Sprintf("must name a Debian suite, not %q", r.Suite)
	case len(r.Packages) == 0:
		return "packages", "must list at least one package, the engine's first"
	case r.Build != nil && (r.Build.Folder == "" || r.Build.Module == "" || len(r.Build.Programs) == 0):
		return "build", "must give folder (a nested module), module (which it pins) and programs"
	case r.Build != nil && strings.Count(r.Build.As, "%s") != strings.Count(r.Build.As, "%"):
		return "build", fmt.Sprintf("as may contain %%s and no other %%, not %q", r.Build.As)
	case r.VM != nil && (r.VM.Memory < 1024 || r.VM.Memory > 8192):
		return "vm", fmt.Sprintf("memory must be 1024 to 8192 MiB, not %d", r.VM.Memory)
	case (r.VM != nil) != (r.Sharing == VirtioFS || r.Sharing == NineP):
		return "sharing", "must be virtiofs or 9p in a virtual machine, and only there"
	case !strings.Contains(strings.Join(r.Command, " "), r.listens()):
		return "command", fmt.Sprintf("must contain %s, where the engine listens", r.listens())
	case !slices.Contains(sharings, r.Sharing):
		return "sharing", fmt.Sprintf("must be one of %v, not %q", sharings, r.Sharing)
	case !path.IsAbs(r.DataRoot) || path.Clean(r.DataRoot) == "/":
		return "dataRoot", fmt.Sprintf("must be an absolute path below /, not %q", r.DataRoot)
	}
	return r.validateLists()
}

// listens returns the placeholder in Command for where the engine listens.
func (r Release) listens() string {
	if r.VM != nil {
		return "{address}"
	}
	return "{socket}"
}

func (r Release) validateLists() (key, problem string) {
	for _, name := range r.Packages {
		if !word.MatchString(name) {
			return "packages", fmt.Sprintf("%q is not a package name", name)
		}
	}
	for name := range r.Files {
		if !path.IsAbs(name) || path.Clean(name) != name {
			return "files", fmt.Sprintf("%q is not a clean absolute path", name)
		}
	}
	for name := range r.Environment {
		if name == "" || strings.ContainsAny(name, "= \n") {
			return "environment", fmt.Sprintf("%q is not a variable name", name)
		}
	}
	if r.Expect != "" {
		if _, err := semver.NewConstraint(r.Expect); err != nil {
			return "expect", fmt.Sprintf("%q is not a version constraint", r.Expect)
		}
	}
	return "", ""
}

// lineOf returns the line of a top-level key, 1 if the key is absent.
func lineOf(document *yaml.Node, key string) int {
	if len(document.Content) == 0 {
		return 1
	}
	pairs := document.Content[0].Content
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i].Value == key {
			return pairs[i].Line
		}
	}
	return 1
}

// yamlError formats the parser's error as "file:line: message".
func yamlError(file string, err error) error {
	var several *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case errors.As(err, &several) && len(several.Errors) > 0:
		one = several.Errors[0]
	case !errors.As(err, &one):
		return fmt.Errorf("%s: %w", file, err)
	}
	return fmt.Errorf("%s:%d: %s", file, one.Mark.Line, one.Message)
}

// Find returns a release by name; "" means DefaultRelease. The error for an
// unknown name lists the known ones.
func Find(name string) (Release, error) {
	if name == "" {
		name = DefaultRelease
	}
	all, err := Releases()
	if err != nil {
		return Release{}, err
	}
	var known []string
	for _, r := range all {
		if r.Name == name {
			return r, nil
		}
		known = append(known, r.Name)
	}
	return Release{}, fmt.Errorf("no lab release is named %q; there are: %s", name, strings.Join(known, ", "))
}

// upstream returns the upstream part of a package's version: 26.1.5 of "1:26.1.5+dfsg1-9".
func upstream(version string) string { return upstreamVersion.FindStringSubmatch(version)[1] }

var upstreamVersion = regexp.MustCompile(`^(?:[^:]*:)?((?:[0-9]+(?:\.[0-9]+)*)?)`)

// asExpected reports whether a package's version meets the release's constraint.
func (r Release) asExpected(version string) bool {
	constraint, err := semver.NewConstraint(r.Expect)
	if r.Expect == "" || err != nil {
		return true
	}
	got, err := semver.NewVersion(upstream(version))
	return err == nil && constraint.Check(got)
}
