// Package mechanisms is about the three ways to attach storage to a container, each in short.
package mechanisms

import (
	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// own is a file in the container's own layer: the control beside each mount. All of
// the paths exist in the image, so that a dropped mount is no failed preparation.
const own = probe.Seed + "/own.txt"

var _ = Describe("An engine", Label("mechanisms"), func() {
	It("attaches volumes, host directories and memory to one container", claims.Decides("mechanisms/three-ways"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write("host.txt", "from the host")
		container := box.Start(ctx, box.Volume(ctx).At(probe.Seed), folder.At("/app"), sandbox.Tmpfs("/tmp"))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Inspect(ctx).Mounts).To(ContainElements(
				And(HaveField("Type", "volume"), HaveField("Target", probe.Seed)),
				And(HaveField("Type", "bind"), HaveField("Target", "/app")),
			))
			g.Expect(container.Probe(ctx, probe.Write(probe.Seed+"/kept.txt", "kept"))).To(ExitZero())
			g.Expect(container.Probe(ctx, probe.MountAt(probe.Seed))).To(ExitZero())
			g.Expect(container.Probe(ctx, probe.Read("/app/host.txt"))).To(Print("from the host"))
			g.Expect(container.Probe(ctx, probe.Statfs("/tmp"))).To(PrintJSON[probe.FileSystem](HaveField("Type", probe.TmpfsMagic)))
		})
	})
})
