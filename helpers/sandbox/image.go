package sandbox

import (
	"context"
	"fmt"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"

	. "github.com/onsi/ginkgo/v2"
)

// ImageConfig is what an image says of how it is to be run.
func (b *Box) ImageConfig(ctx context.Context, name string) engine.ImageConfig {
	GinkgoHelper()
	image, err := b.run.Engine().InspectImage(ctx, name)
	b.must(err)
	b.did(evidence.Step{Did: "docker image inspect " + name, Saw: fmt.Sprintf("%+v", image.Config)})
	return image.Config
}
