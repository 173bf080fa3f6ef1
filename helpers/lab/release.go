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

// DefaultRelease is started where no release is named.
const DefaultRelease = "docker-trixie"

// Release is one engine that the lab can bring up: a file of fixtures/engines.
type Release struct {
	// Name is the file's name without its extension.
	Name string `yaml:"name"`
	// Engine is docker or podman.
	Engine string `yaml:"engine"`
	// Description is half a sentence for people.
	Description string `yaml:"description"`
	// Suite is the Debian suite the root file system is made from.
	Suite string `yaml:"suite"`
	// Packages go into the root file system; the first is the engine's own,
	// whose version is the release's.
	Packages []string `yaml:"packages"`
	// Build names programs that are built from source and come before those of
	// the packages; its version is then the release's.
	Build *Build `yaml:"build"`
	// AptOptions are lines of apt's configuration, used while building only.
	AptOptions []string `yaml:"aptOptions"`
	// Command starts the engine in the foreground; {socket} stands for the
	// path of the socket that it must listen on.
	Command []string `yaml:"command"`
	// Environment is added to the engine's own.
	Environment map[string]string `yaml:"environment"`
	// DataRoot is where the engine keeps its data; it needs a real file system.
	DataRoot string `yaml:"dataRoot"`
	// Files are written before the engine starts: absolute path to content.
	Files map[string]string `yaml:"files"`
	// Share tells whether the engine sees the host's shared folders; true where absent.
	Share *bool `yaml:"share"`
	// Expect is the version constraint that the packages met when this was
	// written. Where another version comes it is said, not refused.
	Expect string `yaml:"expect"`
}

// Build is programs of one Go module, pinned by a module nested in Holdfast's.
type Build struct {
	// Folder is the nested module's, from the top of Holdfast's.
	Folder string `yaml:"folder"`
	// Module is the path of the module that is built.
	Module string `yaml:"module"`
	// Programs are packages of it.
	Programs []string `yaml:"programs"`
	// Linked is the variable that is told the version, and As what it is told,
	// with %s for the version.
	Linked string `yaml:"linked"`
	As     string `yaml:"as"`
	// Takes says how long that takes.
	Takes string `yaml:"takes"`
}

// Shares tells whether the engine sees the folders that Start is given.
func (r Release) Shares() bool { return r.Share == nil || *r.Share }

// Releases returns every release in the order of their names.
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
	if key, what := release.fault(strings.TrimSuffix(path.Base(file), ".yaml")); what != "" {
		return release, fmt.Errorf("%s:%d: %s: %s", file, lineOf(&document, key), key, what)
	}
	return release, nil
}

var (
	releaseName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9.]+)*$`)
	word        = regexp.MustCompile(`^[a-z0-9][a-z0-9.+-]*$`)
)

// fault returns the first key whose value cannot be used, and why.
func (r Release) fault(fileName string) (key, what string) {
	switch {
	case r.Name != fileName || !releaseName.MatchString(r.Name):
		return "name", fmt.Sprintf("must be %q, the file's name in lower case", fileName)
	case r.Engine != "docker" && r.Engine != "podman":
		return "engine", fmt.Sprintf("must be docker or podman, not %q", r.Engine)
	case !word.MatchString(r.Suite):
		return "suite", fmt.Sprintf("must name a Debian suite, not %q", r.Suite)
	case len(r.Packages) == 0:
		return "packages", "must list the engine's package first"
	case r.Build != nil && (r.Build.Folder == "" || r.Build.Module == "" || len(r.Build.Programs) == 0):
		return "build", "must name the folder of a nested module, the module that it pins, and programs of that"
	case r.Build != nil && strings.Count(r.Build.As, "%s") != strings.Count(r.Build.As, "%"):
		return "build", fmt.Sprintf("as may hold %%s and no other sign of that kind, not %q", r.Build.As)
	case !slices.ContainsFunc(r.Command, func(arg string) bool { return strings.Contains(arg, "{socket}") }):
		return "command", "must hold {socket}, the path that the engine listens on"
	case !path.IsAbs(r.DataRoot) || path.Clean(r.DataRoot) == "/":
		return "dataRoot", fmt.Sprintf("must be an absolute path below /, not %q", r.DataRoot)
	}
	return r.faultInLists()
}

func (r Release) faultInLists() (key, what string) {
	for _, name := range r.Packages {
		if !word.MatchString(name) {
			return "packages", fmt.Sprintf("%q is no package name", name)
		}
	}
	for name := range r.Files {
		if !path.IsAbs(name) || path.Clean(name) != name {
			return "files", fmt.Sprintf("%q is no clean absolute path", name)
		}
	}
	for name := range r.Environment {
		if name == "" || strings.ContainsAny(name, "= \n") {
			return "environment", fmt.Sprintf("%q is no variable's name", name)
		}
	}
	if r.Expect != "" {
		if _, err := semver.NewConstraint(r.Expect); err != nil {
			return "expect", fmt.Sprintf("%q is no version constraint", r.Expect)
		}
	}
	return "", ""
}

// lineOf returns the line of a top-level key, 1 where the key is absent.
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

// yamlError turns the parser's error into "file:line: what".
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

// Find returns a release by its name; "" is DefaultRelease. The error for an
// unknown one lists those that are known.
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
	return Release{}, fmt.Errorf("no lab release is called %q; there are: %s", name, strings.Join(known, ", "))
}

// upstream returns the version within a package's: "1:26.1.5+dfsg1-9" is 26.1.5.
func upstream(version string) string {
	if _, rest, found := strings.Cut(version, ":"); found {
		version = rest
	}
	end := strings.IndexFunc(version, func(c rune) bool { return c != '.' && (c < '0' || c > '9') })
	if end >= 0 {
		version = version[:end]
	}
	return strings.TrimRight(version, ".")
}

// asExpected tells whether a package's version meets the release's expectation.
func (r Release) asExpected(version string) bool {
	constraint, err := semver.NewConstraint(r.Expect)
	if r.Expect == "" || err != nil {
		return true
	}
	got, err := semver.NewVersion(upstream(version))
	return err == nil && constraint.Check(got)
}
