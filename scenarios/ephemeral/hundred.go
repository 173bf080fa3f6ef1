package ephemeral

import (
	"sync"

	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A hundred identical containers", Label("ephemeral"), func() {
	It("come up alike, and go down with nothing left", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		const hundred = 100

		fleet := make([]*sandbox.Container, hundred)
		inParallel(fleet, func(i int) { fleet[i] = box.Run(ctx, probe.Read(probe.Seed+"/seed.txt")) })

		claims.Get("ephemeral/hundred-identical-containers", "ephemeral/temporary-reproducible-disposable").Holds(func(g Gomega) {
			for _, one := range fleet {
				g.Expect(one).To(Print(probe.SeedText))
			}
			inParallel(fleet, func(i int) { fleet[i].Remove(ctx) })
			g.Expect(box.Containers(ctx)).To(BeEmpty())
			g.Expect(box.VolumeNames(ctx)).To(BeEmpty())
		})
	})
})

// inParallel keeps a few containers in flight at once.
func inParallel(fleet []*sandbox.Container, do func(i int)) {
	const atOnce = 8
	var wait sync.WaitGroup
	turns := make(chan int)
	for range atOnce {
		wait.Go(func() {
			defer GinkgoRecover()
			for i := range turns {
				do(i)
			}
		})
	}
	for i := range fleet {
		turns <- i
	}
	close(turns)
	wait.Wait()
}
