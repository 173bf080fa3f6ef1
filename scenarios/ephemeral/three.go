package ephemeral

import (
	"context"

	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// three holds the mount points of the three mechanisms.
var three = []string{"/volume", "/bind", "/tmpfs"}

// successor returns a container with the mounts of an earlier one, which wrote to
// all of them and is removed.
func successor(ctx SpecContext) *sandbox.Container {
	GinkgoHelper()
	box := sandbox.New(ctx)
	volume, folder := box.Volume(ctx), box.Dir(ctx).WorldWritable()
	start := func(ctx context.Context) *sandbox.Container {
		return box.Start(ctx, volume.At(three[0]), folder.At(three[1]), sandbox.Tmpfs(three[2]))
	}
	first := start(ctx)
	for _, at := range three {
		first.Probe(ctx, probe.Write(at+"/model.bin", "weights"))
	}
	first.Stop(ctx).Remove(ctx)
	return start(ctx)
}

var _ = Describe("The three mechanisms of storage", Label("ephemeral"), func() {
	It("all keep data for the next container", claims.Decides("ephemeral/three-mechanisms-for-persistent-storage"), func(ctx SpecContext) {
		next := successor(ctx)

		claims.Holds(ctx, func(g Gomega) {
			for _, at := range three {
				g.Expect(next.Probe(ctx, probe.Read(at+"/model.bin"))).To(Print("weights"))
			}
		})
	})

	It("keep data for the next container, except tmpfs", claims.Corrects("ephemeral/three-mechanisms-for-persistent-storage"), func(ctx SpecContext) {
		next := successor(ctx)

		claims.Corrected(ctx, func(g Gomega, _ string) {
			g.Expect(next.Probe(ctx, probe.Read("/volume/model.bin"))).To(Print("weights"))
			g.Expect(next.Probe(ctx, probe.Read("/bind/model.bin"))).To(Print("weights"))
			g.Expect(next.Probe(ctx, probe.Read("/tmpfs/model.bin"))).To(FailWith(probe.ENOENT))
			for _, at := range three {
				g.Expect(next.Probe(ctx, probe.MountAt(at))).To(ExitZero(), "each is mounted")
				g.Expect(next.Probe(ctx, probe.Attempt(probe.Write(at+"/model.bin", "new weights")))).To(ExitZero())
			}
		})
	})
})
