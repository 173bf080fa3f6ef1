package sandbox

import (
	"context"
	"fmt"

	"github.com/holdfast/holdfast/helpers/evidence"

	. "github.com/onsi/ginkgo/v2"
)

// ImageLayers are the sizes in bytes of an image's layers, the newest first.
func (b *Box) ImageLayers(ctx context.Context, name string) []int64 {
	GinkgoHelper()
	sizes, err := b.run.Engine().ImageLayers(ctx, name)
	b.must(err)
	b.did(evidence.Step{Did: "docker history " + name, Saw: fmt.Sprintf("layers of %d bytes", sizes)})
	return sizes
}
