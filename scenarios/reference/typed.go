package reference

import (
	"context"
	"slices"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// run types `docker run` with the flags that make the container the sandbox's own.
func run(ctx context.Context, box *sandbox.Box, args ...string) sandbox.Answer {
	GinkgoHelper()
	name := box.Name("container")
	box.AdoptContainer(name)
	return box.Docker(ctx, slices.Concat([]string{"run", "--name", name, "--network", "none"}, box.LabelFlags(), args)...)
}

// create types `docker volume create NAME`.
func create(ctx context.Context, box *sandbox.Box, volume *sandbox.Volume) sandbox.Answer {
	GinkgoHelper()
	return box.Docker(ctx, slices.Concat([]string{"volume", "create"}, box.LabelFlags(), []string{volume.Name})...)
}

// named is a volume that a command of the spec is about to make.
func named(box *sandbox.Box) *sandbox.Volume { return box.AdoptVolume(box.Name("volume")) }

// mine is the filter that leaves everybody else's things alone.
func mine(box *sandbox.Box) string {
	return box.Filter()
}

// keepsNamed tells whether prune leaves named volumes alone on this engine.
func keepsNamed(box *sandbox.Box) bool {
	GinkgoHelper()
	since, err := claims.ParseConstraint("docker >= 23.0")
	Expect(err).NotTo(HaveOccurred())
	return since.On(box.Facts())
}
