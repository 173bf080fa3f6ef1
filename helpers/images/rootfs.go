package images

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	pythonimage "github.com/holdfast/holdfast/fixtures/images/python"
	"github.com/holdfast/holdfast/helpers/result"
)

// system describes a Debian root file system that substitutes are based on.
type system struct {
	name      string   // in the cache
	contents  string   // for people
	arguments []string // of mmdebstrap, without the output
	needs     string   // a package that it must have
	extracted bool     // nothing is installed, and so mmdebstrap runs other hooks
}

// pythonSystem is the base of the substitutes for Python and Qdrant.
func pythonSystem() system {
	packages := pythonimage.Packages()
	return system{"python", strings.Join(packages, ", "), mmdebstrap(pythonimage.Suite, packages), "python3", false}
}

// rootfs is a root file system in the cache: one uncompressed layer.
type rootfs struct {
	Layer    string            `json:"-"` // path of the layer
	DiffID   string            `json:"diffId"`
	Size     int64             `json:"size"`
	Built    time.Time         `json:"built"`
	Arch     string            `json:"arch"`
	Debian   string            `json:"debian"`   // from /etc/debian_version
	Versions map[string]string `json:"versions"` // upstream version by Debian package
}

// ensureRootfs returns the cached root file system, and builds it if it is missing.
func (c *chain) ensureRootfs(ctx context.Context, s system) (*rootfs, error) {
	platform := c.platform()
	if platform.Architecture != runtime.GOARCH || platform.OS != "linux" {
		return nil, next("it would be built for this machine's %s, and the engine runs %s", runtime.GOARCH, platform)
	}
	key := fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%q", s.arguments)))[:12]
	suite := s.arguments[len(s.arguments)-1]
	base := filepath.Join(c.policy.Cache, "images", fmt.Sprintf("debian-%s-%s-%s-%s", suite, s.name, runtime.GOARCH, key))
	unlock, err := lock(ctx, c.policy.Cache, "build", base)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if cached := readRootfs(base); cached != nil {
		return cached, nil
	}
	began := time.Now()
	c.progress.line("building a Debian %s with %s, once (about half a minute)", suite, s.contents)
	if err := buildRootfs(ctx, c.progress, base, s); err != nil {
		return nil, err
	}
	built := readRootfs(base)
	if built == nil {
		return nil, fmt.Errorf("the root file system was built, but %s.json is not readable", base)
	}
	c.progress.line("built it in %.1f s: %d MB", time.Since(began).Seconds(), built.Size>>20)
	return built, nil
}

// minimal returns arguments of mmdebstrap that leave out files that no container of
// ours reads: the time to load an image depends on their number.
func minimal(packages []string) []string {
	arguments := []string{"--variant=minbase", "--format=tar", "--skip=output/dev"}
	if len(packages) > 0 {
		arguments = append(arguments, "--include="+strings.Join(packages, ","))
	}
	for _, dir := range []string{"doc", "bash-completion", "info", "lintian", "locale", "man"} {
		arguments = append(arguments, "--dpkgopt=path-exclude=/usr/share/"+dir+"/*")
	}
	return append(arguments, "--dpkgopt=path-include=/usr/share/doc/*/copyright")
}

// mmdebstrap returns the arguments for the Python root file system.
func mmdebstrap(suite string, packages []string) []string {
	return append(minimal(packages),
		// The official image has the command python, and its pip may install packages.
		`--customize-hook=ln -s /usr/bin/python3 "$1/usr/local/bin/python" && rm "$1"/usr/lib/python3*/EXTERNALLY-MANAGED`,
		// The packages' own scripts need these files. Afterwards, only UTF-8, which needs
		// no file of the C library's conversions, and UTC are used.
		`--customize-hook=cd "$1/usr" && rm -rf lib/python3*/test lib/*/gconv && find share/zoneinfo -mindepth 1 -maxdepth 1 ! -name Etc -exec rm -rf {} +`,
		suite)
}

// readRootfs returns nil if the cache has no complete root file system.
func readRootfs(base string) *rootfs {
	data, err := os.ReadFile(base + ".json")
	if err != nil {
		return nil
	}
	found := rootfs{Layer: base + ".tar"}
	info, err := os.Stat(found.Layer)
	if err != nil || json.Unmarshal(data, &found) != nil || info.Size() != found.Size {
		return nil
	}
	return &found
}

// describeRootfs writes the description of a new layer. It is written last: if it
// exists, the layer is complete. The directory has copies of the root file system's
// debian_version and dpkg status.
func describeRootfs(base, diffID, dir, needs string) error {
	layer, err := os.Stat(base + ".tar")
	if err != nil {
		return err
	}
	debian, err := os.ReadFile(filepath.Join(dir, "debian_version"))
	if err != nil {
		return err
	}
	status, err := os.Open(filepath.Join(dir, "status"))
	if err != nil {
		return err
	}
	defer status.Close()
	versions := upstreamVersions(status)
	if versions[needs] == "" {
		return fmt.Errorf("the root file system has no %s: its package status does not list it", needs)
	}
	data, err := json.MarshalIndent(rootfs{
		DiffID: diffID, Size: layer.Size(), Built: time.Now().UTC().Truncate(time.Second),
		Arch: runtime.GOARCH, Debian: strings.TrimSpace(string(debian)), Versions: versions,
	}, "", "  ")
	if err != nil {
		return err
	}
	return result.WriteFile(base+".json", data)
}

// layer returns the cached layer.
func (r *rootfs) layer() (layer, error) {
	diffID, err := v1.NewHash(r.DiffID)
	return layer{diffID, r.Size, func() (io.ReadCloser, error) { return os.Open(r.Layer) }}, err
}

// upstreamVersions reads the upstream versions from dpkg's status: 3.13.5 of 3.13.5-1.
func upstreamVersions(status io.Reader) map[string]string {
	versions := map[string]string{}
	name := ""
	for lines := bufio.NewScanner(status); lines.Scan(); {
		line := lines.Text()
		if value, ok := strings.CutPrefix(line, "Package: "); ok {
			name = value
		} else if value, ok := strings.CutPrefix(line, "Version: "); ok {
			versions[name] = upstream(value)
		}
	}
	return versions
}

func upstream(version string) string {
	if _, rest, ok := strings.Cut(version, ":"); ok {
		version = rest
	}
	if i := strings.LastIndex(version, "-"); i > 0 {
		version = version[:i]
	}
	version, _, _ = strings.Cut(version, "+")
	return version
}
