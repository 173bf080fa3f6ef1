package mechanisms

import (
	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A named volume, in short", Label("mechanisms"), func() {
	It("is made, kept on the host and removed by the engine alone", claims.Decides(
		"mechanisms/volume-managed-by-docker", "mechanisms/volume-created-and-stored",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		host := box.Start(ctx, volume.FolderAt(ctx, "/host"))
		box.Run(ctx, probe.Write("/app/model.bin", "weights"), volume.At("/app")).Remove(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(host.Probe(ctx, probe.Read("/host/model.bin"))).To(Print("weights"))
			volume.Remove(ctx)
			g.Expect(box.HasVolume(ctx, volume)).To(BeFalse())
			g.Expect(host.Probe(ctx, probe.Read("/host/model.bin"))).To(FailWith(probe.ENOENT))
		})
	})

	It("outlives the container that wrote into it", claims.Decides("mechanisms/volume-survives-deletion"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		first := box.Start(ctx, volume.At("/app"))
		first.Probe(ctx, probe.Write("/app/vectors.db", "vectors"))
		first.Probe(ctx, probe.Write(own, "lost"))

		first.Stop(ctx).Remove(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(box.HasVolume(ctx, volume)).To(BeTrue())
			second := box.Start(ctx, volume.At("/app"))
			g.Expect(second.Probe(ctx, probe.Read("/app/vectors.db"))).To(Print("vectors"))
			g.Expect(second.Probe(ctx, probe.Read(own))).To(FailWith(probe.ENOENT))
		})
	})
})
