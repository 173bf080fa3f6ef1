package images

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// archive loads the image from the first archive of the folder that holds it,
// and nothing else from that archive: other names of a shared engine stay as they are.
func (c *chain) archive(ctx context.Context) (*Image, error) {
	folder := c.policy.Archives
	if folder == "" {
		return nil, next("none: HOLDFAST_IMAGES is not set")
	}
	paths, err := filepath.Glob(filepath.Join(escape(folder), "*.tar"))
	if err != nil {
		return nil, fmt.Errorf("listing the archives of HOLDFAST_IMAGES=%s: %w", folder, err)
	}
	if len(paths) == 0 {
		return nil, next("HOLDFAST_IMAGES=%s holds no *.tar file", folder)
	}
	platform, err := c.platform(ctx)
	if err != nil {
		return nil, err
	}
	var broken []error
	var seen []string
	for _, path := range paths {
		image, names, err := find(path, c.ref, platform)
		seen = append(seen, names...)
		if err != nil {
			broken = append(broken, err)
			continue
		}
		if image == nil {
			continue
		}
		defer image.close()
		c.say.line("loading %s from %s", c.ref.Familiar(), path)
		if err := load(ctx, c.api, image.bundle, c.ref.Familiar()); err != nil {
			return nil, fmt.Errorf("loading %s from %s into %s: %w", c.wanted, path, c.api.DaemonHost(), err)
		}
		found, err := c.present(ctx)
		if err != nil {
			return nil, err
		}
		if found == nil {
			return nil, fmt.Errorf("loading %s from %s into %s: the engine took it, but does not find it", c.wanted, path, c.api.DaemonHost())
		}
		found.Used, found.Source = path, Archive
		found.Description = "loaded from the archive " + path + " by this run"
		return found, nil
	}
	if len(broken) > 0 {
		// Someone meant it to be used: going on without it would hide that.
		return nil, fmt.Errorf("looking for %s in HOLDFAST_IMAGES=%s: %w", c.wanted, folder, errors.Join(broken...))
	}
	slices.Sort(seen)
	return nil, next("HOLDFAST_IMAGES=%s: %d archives hold %s", folder, len(paths), orNone(slices.Compact(seen)))
}

// platform asks the engine what it runs.
func (c *chain) platform(ctx context.Context) (v1.Platform, error) {
	version, err := c.api.ServerVersion(ctx)
	if err != nil {
		return v1.Platform{}, fmt.Errorf("asking %s for its platform: %w", c.api.DaemonHost(), err)
	}
	return v1.Platform{OS: version.Os, Architecture: version.Arch}, nil
}

func escape(folder string) string {
	return strings.NewReplacer(`*`, `[*]`, `?`, `[?]`, `[`, `[[]`).Replace(folder)
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "no named image"
	}
	return strings.Join(names, ", ")
}

// archived is an image inside an open archive.
type archived struct {
	bundle
	close func()
}

// find looks for the reference in one archive, and returns it, if it is
// there, with the names that the archive holds.
func find(path string, wanted reference, platform v1.Platform) (*archived, []string, error) {
	archive, err := openTar(path)
	if err != nil {
		return nil, nil, err
	}
	image, names, err := archive.find(wanted, platform)
	if err != nil {
		err = fmt.Errorf("archive %s: %w", path, err)
	}
	if image == nil || err != nil {
		archive.Close()
		return nil, names, err
	}
	made, err := image.platform()
	if err == nil && (made.OS != platform.OS || made.Architecture != platform.Architecture) {
		err = fmt.Errorf("its %s is made for %s, the engine runs %s", wanted.Familiar(), made, platform)
	}
	if err != nil {
		archive.Close()
		return nil, names, fmt.Errorf("archive %s: %w", path, err)
	}
	return &archived{*image, func() { archive.Close() }}, names, nil
}
