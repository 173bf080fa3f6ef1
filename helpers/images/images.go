// Package images puts the images that a document names into an engine. It uses
// the engine's own image if there is one, otherwise an archive, a pull, or, on a
// disposable engine, an offline substitute that is reported as such.
package images

import (
	"context"
	"errors"
	"fmt"
	"io"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/settings"
)

// Source is where an image came from.
type Source string

// The sources, in the order in which they are tried.
const (
	Present    Source = "present"    // the engine had it
	Archive    Source = "archive"    // this run loaded it from HOLDFAST_IMAGES
	Pulled     Source = "pulled"     // this run pulled it
	Substitute Source = "substitute" // built offline, in place of the wanted one
)

// Image is the image that an engine has under a wanted name.
type Image struct {
	Wanted string // the reference as requested
	Used   string // the wanted name, a mirror's, an archive's path, or the substitute's own name
	Source Source
	// Substitute marks a substitute, also one that the engine already had. It may
	// decide only the claims that it is fit for.
	Substitute  bool
	Description string // what it is and where it came from, for people
}

// Policy says which sources may be used.
type Policy struct {
	Pull       bool      // pull from a registry
	Mirror     string    // registry (host:port or host/prefix) to use instead of Docker Hub
	Archives   string    // directory of *.tar files; empty for none
	Disposable bool      // the engine is disposable: substitutes are allowed
	Cache      string    // directory that outlives runs; empty for settings.CacheDir()
	Progress   io.Writer // receives lines for people; nil for none
}

// FromSettings returns the policy that the environment sets.
func FromSettings(progress io.Writer) Policy {
	archives := settings.Images.Get()
	if at, err := settings.AtRoot(archives); archives != "" && err == nil {
		archives = at
	}
	return Policy{
		Pull: true, Mirror: settings.Mirror.Get(), Archives: archives,
		Disposable: settings.Disposable.On(), Cache: settings.CacheDir(), Progress: progress,
	}
}

// Ensure makes the wanted reference usable in the engine: for run, for a
// Dockerfile's FROM and in compose files. It never replaces an image of that
// name, and leaves what it pulled or loaded in the engine, as `docker pull`
// does. If no source has the image, the error is an *Unavailable (errors.Is
// ErrUnavailable). Any other error is a fault of the engine, of an archive, or
// of the build of a substitute.
func Ensure(ctx context.Context, e *engine.Engine, wanted string, policy Policy) (Image, error) {
	ref, err := parse(wanted)
	if err != nil {
		return Image{}, err
	}
	if policy.Cache == "" {
		policy.Cache = settings.CacheDir()
	}
	c := chain{engine: e, wanted: wanted, ref: ref, policy: policy, progress: newProgress(policy.Progress)}
	if image, err := c.present(ctx); err != nil {
		return Image{}, err
	} else if image != nil {
		return *image, nil
	}
	// One process of a parallel run gets the image. The others wait here and then find it.
	unlock, err := lock(ctx, policy.Cache, "image", e.Endpoint.Host, ref.Name())
	if err != nil {
		return Image{}, err
	}
	defer unlock()
	missing := &Unavailable{Wanted: wanted, Engine: e.Endpoint.Host}
	for _, source := range []struct {
		name string
		try  func(context.Context) (*Image, error)
	}{
		{"engine", c.present},
		{"archives", c.archive},
		{"pull", c.pull},
		{"substitute", c.substitute},
	} {
		image, err := source.try(ctx)
		var reason missingImage
		switch {
		case err != nil && ctx.Err() != nil:
			return Image{}, fmt.Errorf("getting image %s (%s): %w", wanted, source.name, err)
		case errors.As(err, &reason):
			missing.Steps = append(missing.Steps, Step{source.name, string(reason)})
		case err != nil:
			return Image{}, err
		case image != nil:
			return *image, nil
		default:
			missing.Steps = append(missing.Steps, Step{source.name, "it has no such image"})
		}
	}
	return Image{}, missing
}

// chain tries one source after the other for one image.
type chain struct {
	engine   *engine.Engine
	wanted   string
	ref      reference
	policy   Policy
	progress *progress
}

// missingImage is the error of a source that lacks the image: the next one is tried.
type missingImage string

func (m missingImage) Error() string { return string(m) }

func next(format string, args ...any) error { return missingImage(fmt.Sprintf(format, args...)) }

// present looks for the image in the engine.
func (c *chain) present(ctx context.Context) (*Image, error) {
	found, err := c.engine.InspectImage(ctx, c.ref.Familiar())
	if engine.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if own := found.Labels[Label]; own != "" {
		return &Image{Wanted: c.wanted, Used: own, Source: Substitute, Substitute: true, Description: found.Labels[LabelDescription]}, nil
	}
	return &Image{Wanted: c.wanted, Used: c.ref.Familiar(), Source: Present, Description: "in the engine already, " + found.ID}, nil
}

// platform returns the platform of the engine's containers.
func (c *chain) platform() v1.Platform {
	return v1.Platform{OS: c.engine.Facts.OS, Architecture: c.engine.Facts.Arch}
}
