package ephemeral

import (
	"time"

	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// fleeting bounds a hundred lives: 20 s where nothing else runs, and several
// times that where a whole matrix does.
const fleeting = 6 * time.Minute

// Nobody is to wait for these alone: they come first.
var _ = Describe("A hundred identical containers", Label("ephemeral"), SpecPriority(1), func() {
	It("come up alike, and go down with nothing left", claims.Decides(
		"ephemeral/hundred-identical-containers", "ephemeral/temporary-reproducible-disposable",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)

		fleet := box.Fleet(ctx, 100, probe.Read(probe.Seed+"/seed.txt"))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(fleet.Containers).To(HaveEach(Print(probe.SeedText)))
			fleet.Remove(ctx)
			g.Expect(box.ContainerNames(ctx)).To(BeEmpty())
			g.Expect(box.VolumeNames(ctx)).To(BeEmpty())
		})
	}, SpecTimeout(fleeting))
})
