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

	pythonimage "github.com/holdfast/holdfast/fixtures/images/python"
)

// rootfs is the Debian root file system that both substitutes stand on: one
// uncompressed layer, kept in the cache.
type rootfs struct {
	Layer    string            `json:"-"` // the layer's file
	DiffID   string            `json:"diffId"`
	Size     int64             `json:"size"`
	Built    time.Time         `json:"built"`
	Arch     string            `json:"arch"`
	Debian   string            `json:"debian"`   // as /etc/debian_version says it
	Versions map[string]string `json:"versions"` // Debian package to upstream version
}

// trimming changes when what is kept of a root file system does.
const trimming = 2

// ensureRootfs returns the cached root file system, built first where it is missing.
func (c *chain) ensureRootfs(ctx context.Context) (*rootfs, error) {
	platform, err := c.platform(ctx)
	if err != nil {
		return nil, err
	}
	if platform.Architecture != runtime.GOARCH || platform.OS != "linux" {
		return nil, next("it is built for this machine's %s, and the engine runs %s", runtime.GOARCH, platform)
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
		return nil, fmt.Errorf("the root file system was built, but %s.json cannot be read back", base)
	}
	c.say.line("built it in %.1f s: %d MB", time.Since(began).Seconds(), built.Size>>20)
	return built, nil
}

// readRootfs returns nil for what is missing or incomplete.
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

// saveRootfs turns the tar stream of a fresh root file system into the cached layer.
func saveRootfs(base string, stream io.Reader) (err error) {
	// Under the lock, so whatever draft lies here is a dead process's.
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
	// The record comes last and by rename: where it is, the layer is whole.
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

// layer is the cached layer as a blob.
func (r *rootfs) layer() blob {
	return blob{r.Size, func() (io.ReadCloser, error) { return os.Open(r.Layer) }}
}

// version is a package's upstream version; "" where it is not there.
func (r *rootfs) version(name string) string { return r.Versions[name] }
