// Package images gets the images that a lesson names into an engine: those
// that are there already, else by pull, else from archives, else, on a
// disposable engine only, an offline substitute that says what it is.
package images

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/client"

	"github.com/holdfast/holdfast/helpers/settings"
)

// Source tells where an image came from.
type Source string

// The links of the chain, in their order.
const (
	Present    Source = "present"    // the engine had it
	Pulled     Source = "pulled"     // this run pulled it
	Archive    Source = "archive"    // this run loaded it from HOLDFAST_IMAGES
	Substitute Source = "substitute" // built offline, in place of the wanted one
)

// Image is what answers to a wanted name in an engine.
type Image struct {
	Wanted string // the reference as it was asked for
	Used   string // what really answers: the wanted name, a mirror's, an archive's file, a substitute's own name
	Source Source
	// Substitute marks an image that is not what its name says: only claims
	// that the substitute is fit for may be decided on it. It is also true of
	// one that was found in the engine.
	Substitute  bool
	Description string // for people: what it is, or how it was had
}

// Policy says which links of the chain are open.
type Policy struct {
	Pull       bool      // try a registry at all
	Mirror     string    // registry (host:port or host/prefix) in place of Docker Hub
	Archives   string    // folder of *.tar; empty for none
	Disposable bool      // nothing on this engine is worth keeping: substitutes are allowed
	Cache      string    // folder that outlives runs; empty for settings.CacheDir()
	Progress   io.Writer // takes lines for people; nil for none
}

// FromSettings is the policy that the environment asks for.
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

// Ensure sees to it that the wanted reference works in the engine: for run,
// for a Dockerfile's FROM and in compose files. An image of that name that the
// engine has is never replaced. What is pulled or loaded stays in the engine,
// as after any `docker pull`. Where the chain ends without an image the error
// is an *Unavailable (errors.Is ErrUnavailable); any other error is a fault of
// the engine, of an archive, or of the build of a substitute.
func Ensure(ctx context.Context, api client.APIClient, wanted string, policy Policy) (Image, error) {
	ref, err := parse(wanted)
	if err != nil {
		return Image{}, err
	}
	if policy.Cache == "" {
		policy.Cache = settings.CacheDir()
	}
	c := chain{api: api, wanted: wanted, ref: ref, policy: policy, say: newProgress(policy.Progress)}
	if image, err := c.present(ctx); err != nil || image != nil {
		return deref(image), err
	}
	// One process gets it; the others of a parallel run wait here and find it.
	unlock, err := lock(ctx, policy.Cache, "image", api.DaemonHost(), ref.Name())
	if err != nil {
		return Image{}, err
	}
	defer unlock()
	missing := &Unavailable{Wanted: wanted, Engine: api.DaemonHost()}
	for _, link := range []struct {
		name string
		try  func(context.Context) (*Image, error)
	}{
		{"engine", c.present},
		{"pull", c.pull},
		{"archives", c.archive},
		{"substitute", c.substitute},
	} {
		image, err := link.try(ctx)
		var step *failedStep
		switch {
		case err != nil && ctx.Err() != nil:
			return Image{}, fmt.Errorf("getting image %s (%s): %w", wanted, link.name, err)
		case errors.As(err, &step):
			missing.Steps = append(missing.Steps, Step{link.name, step.why})
		case err != nil:
			return Image{}, err
		case image != nil:
			return *image, nil
		default:
			missing.Steps = append(missing.Steps, Step{link.name, "it has no such image"})
		}
	}
	return Image{}, missing
}

// chain is one walk along the links.
type chain struct {
	api    client.APIClient
	wanted string
	ref    reference
	policy Policy
	say    *progress
}

// failedStep is a link that could not give the image, while the next may.
type failedStep struct{ why string }

func (f *failedStep) Error() string { return f.why }

func next(format string, args ...any) error { return &failedStep{fmt.Sprintf(format, args...)} }

// present looks for the image in the engine.
func (c *chain) present(ctx context.Context) (*Image, error) {
	name := c.ref.Familiar()
	found, err := c.api.ImageInspect(ctx, name)
	if errdefs.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for image %s on %s: %w", name, c.api.DaemonHost(), err)
	}
	image := &Image{Wanted: c.wanted, Used: name, Source: Present, Description: "in the engine already, " + found.ID}
	if found.Config != nil && found.Config.Labels[Label] != "" {
		labels := found.Config.Labels
		image.Used, image.Source, image.Substitute = labels[Label], Substitute, true
		image.Description = labels[LabelDescription]
	}
	return image, nil
}

func deref(image *Image) Image {
	if image == nil {
		return Image{}
	}
	return *image
}
