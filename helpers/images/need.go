package images

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/run"
	"github.com/holdfast/holdfast/helpers/sandbox"

	"github.com/onsi/ginkgo/v2"
)

// outcome is the result of getting an image, shared with the run's other processes.
type outcome struct {
	Image       Image
	Unavailable string // why there is no image, or empty
}

// Setup returns the setup that gets the image before any spec with the label runs.
func Setup(label, wanted string) run.Setup {
	return run.Setup{Key: key(wanted), Label: label, Do: func(ctx context.Context, r *run.Run, progress io.Writer) (any, error) {
		return get(ctx, r, wanted, progress)
	}}
}

func key(wanted string) string { return "image " + wanted }

func get(ctx context.Context, r *run.Run, wanted string, progress io.Writer) (outcome, error) {
	image, err := Ensure(ctx, r.Engine(), wanted, FromSettings(progress))
	if errors.Is(err, ErrUnavailable) {
		return outcome{Unavailable: err.Error()}, nil
	}
	if err == nil && image.Substitute {
		fmt.Fprintf(progress, "%s is not available: %s replaces it.\n", wanted, image.Used)
	}
	return outcome{Image: image}, err
}

// Need gets an image for the running spec, and reports a substitute. If there is
// no image, the spec is skipped with the reason.
func Need(ctx context.Context, box *sandbox.Box, wanted string) Image {
	ginkgo.GinkgoHelper()
	r := run.From(ctx)
	var came outcome
	if !r.SetupResult(key(wanted), &came) {
		var err error
		if came, err = get(ctx, r, wanted, ginkgo.GinkgoWriter); err != nil {
			ginkgo.Fail(err.Error())
		}
	}
	if came.Unavailable != "" {
		ginkgo.Skip(came.Unavailable)
	}
	if came.Image.Substitute {
		claims.ReportSubstitute(wanted, came.Image.Used+": "+came.Image.Description)
	}
	return came.Image
}

// NeedGenuine is Need for claims that a substitute cannot decide: with a
// substitute, the spec is skipped.
func NeedGenuine(ctx context.Context, box *sandbox.Box, wanted string) Image {
	ginkgo.GinkgoHelper()
	image := Need(ctx, box, wanted)
	if image.Substitute {
		ginkgo.Skip(fmt.Sprintf("only the genuine %s decides this, and this engine has %s in its place", wanted, image.Used))
	}
	return image
}
