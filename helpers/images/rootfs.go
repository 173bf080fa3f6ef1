package images

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	pythonimage "github.com/holdfast/holdfast/fixtures/images/python"
)

// rootfs is the Debian root file system that both substitutes are based on: one
// uncompressed layer in the cache.
type rootfs struct {
	Layer    string            `json:"-"` // path of the layer
	DiffID   string            `json:"diffId"`
	Size     int64             `json:"size"`
	Built    time.Time         `json:"built"`
	Arch     string            `json:"arch"`
	Debian   string            `json:"debian"`   // from /etc/debian_version
	Versions map[string]string `json:"versions"` // Debian package to upstream version
}

// trimming is the version of trim. Change it when trim keeps other files.
const trimming = 2

// ensureRootfs returns the cached root file system, and builds it if it is missing.
func (c *chain) ensureRootfs(ctx context.Context) (*rootfs, error) {
	platform := c.platform()
	if platform.Architecture != runtime.GOARCH || platform.OS != "linux" {
		return nil, next("it would be built for this machine's %s, and the engine runs %s", runtime.GOARCH, platform)
	}
	packages := pythonimage.Packages()
	key := fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%d %s %q", trimming, pythonimage.Suite, packages)))[:12]
	base := filepath.Join(c.policy.Cache, "images", fmt.Sprintf("debian-%s-python-%s-%s", pythonimage.Suite, runtime.GOARCH, key))
	unlock, err := lock(ctx, c.policy.Cache, "build", base)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if cached := readRootfs(base); cached != nil {
		return cached, nil
	}
	began := time.Now()
	c.say.line("building a Debian %s with %s, once (about half a minute)", pythonimage.Suite, strings.Join(packages, ", "))
	if err := buildRootfs(ctx, c.say, base, pythonimage.Suite, packages); err != nil {
		return nil, err
	}
	built := readRootfs(base)
	if built == nil {
		return nil, fmt.Errorf("the root file system was built, but %s.json is not readable", base)
	}
	c.say.line("built it in %.1f s: %d MB", time.Since(began).Seconds(), built.Size>>20)
	return built, nil
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

// saveRootfs writes the tar stream of a new root file system to the cache.
func saveRootfs(base string, stream io.Reader) (err error) {
	// The lock is held: an existing draft is from a dead process.
	draft := base + ".draft"
	file, err := os.Create(draft)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ignoreMissing(os.Remove(draft))) }()
	defer file.Close()
	hash := sha256.New()
	kept, err := trim(stream, io.MultiWriter(file, hash))
	if err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	record, err := json.MarshalIndent(rootfs{
		DiffID: fmt.Sprintf("sha256:%x", hash.Sum(nil)), Size: size, Built: time.Now().UTC().Truncate(time.Second),
		Arch: runtime.GOARCH, Debian: kept.debian, Versions: kept.versions,
	}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.Rename(draft, base+".tar"); err != nil {
		return err
	}
	// The record is written last, by rename: if it exists, the layer is complete.
	if err := os.WriteFile(draft, record, 0o644); err != nil {
		return err
	}
	return os.Rename(draft, base+".json")
}

func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// layer returns the cached layer.
func (r *rootfs) layer() (layer, error) {
	diffID, err := v1.NewHash(r.DiffID)
	return layer{diffID, r.Size, func() (io.ReadCloser, error) { return os.Open(r.Layer) }}, err
}
