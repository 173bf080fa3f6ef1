// Package prune covers the contract's promises about anonymous volumes: when they go with
// their container, and what a prune takes.
package prune

import (
	"context"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/api"
	"github.com/holdfast/holdfast/scenarios/contract/internal/images"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const (
	data  = "/data"
	file  = data + "/file.txt"
	named = "/named"
	text  = "kept"
)

var _ = Describe("A container's anonymous volume", func() {
	It("goes with rm -v, which keeps the named volume", Label("quick"), claims.Decides(
		"contract-prune/rm-v-removes-anonymous", "contract-prune/rm-v-keeps-named",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		container := box.Create(ctx, sandbox.Anonymous(data), volume.At(named))
		nameless := api.AnonymousVolume(ctx, box, container, data)

		container.RemoveWithVolumes(ctx)

		claims.Get(ctx, "contract-prune/rm-v-removes-anonymous").Holds(func(g Gomega) { g.Expect(exists(ctx, box, nameless)).To(BeFalse()) })
		claims.Get(ctx, "contract-prune/rm-v-keeps-named").Holds(func(g Gomega) { g.Expect(exists(ctx, box, volume.Name)).To(BeTrue()) })
	})

	It("goes when a container ends that was started with --rm, and the named one stays", claims.Decides(
		"contract-prune/run-rm-removes-anonymous", "contract-prune/run-rm-keeps-named",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		container := box.Start(ctx, sandbox.Anonymous(data), volume.At(named), func(spec *engine.ContainerSpec) { spec.AutoRemove = true })
		nameless := api.AnonymousVolume(ctx, box, container, data)
		container.DoFiles(ctx, fileops.Write(file, text), fileops.Write(named+"/file.txt", text))

		container.Stop(ctx)

		Eventually(ctx, func() int { return api.Do(ctx, box, "GET /containers/"+container.ID+"/json").Status }, "20s").Should(Equal(404))
		claims.Get(ctx, "contract-prune/run-rm-removes-anonymous").Holds(func(g Gomega) {
			g.Eventually(ctx, func() bool { return exists(ctx, box, nameless) }, "5s").Should(BeFalse())
		})
		claims.Get(ctx, "contract-prune/run-rm-keeps-named").Holds(func(g Gomega) {
			g.Expect(box.Run(ctx, probe.Read(file), volume.At(data))).To(Print(text))
		})
	})

	It("stays with its data after rm without -v", claims.Decides("contract-prune/plain-rm-leaves-anonymous"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Run(ctx, probe.Write(file, text), sandbox.Anonymous(data))
		nameless := api.AnonymousVolume(ctx, box, container, data)

		container.Remove(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(exists(ctx, box, nameless)).To(BeTrue())
			g.Expect(box.Run(ctx, probe.Read(file), api.Volume(nameless, data))).To(Print(text))
		})
	})

	It("is not another container's, even from the same image", claims.Decides("contract-prune/never-shared-by-accident"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		image := sandbox.Image(images.WithVolumes(ctx, box))

		one, other := box.Create(ctx, image), box.Create(ctx, image)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(api.AnonymousVolume(ctx, box, one, images.Declared)).NotTo(Equal(api.AnonymousVolume(ctx, box, other, images.Declared)))
		})
	})

	It("stays while another container has it from --volumes-from", claims.Decides("contract-prune/volumes-from-keeps-anonymous"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		first := box.Run(ctx, probe.Write(file, text), sandbox.Anonymous(data))
		nameless := api.AnonymousVolume(ctx, box, first, data)
		second := box.Create(ctx, func(spec *engine.ContainerSpec) { spec.VolumesFrom = []string{first.ID} })

		first.RemoveWithVolumes(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(exists(ctx, box, nameless)).To(BeTrue())
			g.Expect(second.Start(ctx).Probe(ctx, probe.Read(file))).To(Print(text))
		})
	})
})

// exists asks the engine whether it has a volume of that name.
func exists(ctx context.Context, box *sandbox.Box, name string) bool {
	GinkgoHelper()
	return api.Do(ctx, box, "GET /volumes/"+name).Status == 200
}
