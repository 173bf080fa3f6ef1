package volumes

import (
	"context"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A prune of volumes", Label("volumes"), func() {
	It("removes every volume that no container uses", claims.Decides(
		"volumes/prune", "volumes/prune-removes-all-unused", "volumes/prune-deletes-my-data",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume, unnamed := box.Volume(ctx), box.Volume(ctx, sandbox.Unnamed)

		removed := box.PruneVolumes(ctx)

		claims.Get(ctx, "volumes/prune").Holds(func(g Gomega) {
			g.Expect(removed).To(ContainElement(unnamed.Name))
			g.Expect(unnamed.Exists(ctx)).To(BeFalse())
		})
		claims.Get(ctx, "volumes/prune-removes-all-unused", "volumes/prune-deletes-my-data").Holds(func(g Gomega) {
			g.Expect(removed).To(ContainElement(volume.Name))
			g.Expect(volume.Exists(ctx)).To(BeFalse())
		})
	})

	It("removes unnamed volumes, and since Docker 23.0 named ones only with --all", claims.Corrects("volumes/prune-removes-all-unused"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		named, unnamed := box.Volume(ctx), box.Volume(ctx, sandbox.Unnamed)

		claims.Corrected(ctx, func(g Gomega, _ string) {
			removed := box.PruneVolumes(ctx)
			g.Expect(removed).To(ContainElement(unnamed.Name))
			if !box.Facts().PrunesNamedByDefault() {
				g.Expect(removed).To(ConsistOf(unnamed.Name))
				g.Expect(box.PruneVolumes(ctx, "all=true")).To(ConsistOf(named.Name))
			}
			g.Expect(box.VolumeNames(ctx)).To(BeEmpty())
		})
	})

	It("keeps volumes that a created, running or ended container uses", claims.Decides(
		"volumes/prune-keeps-used",
	), SpecPriority(1), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		unused, inCreated, inRunning, inEnded, unnamed := box.Volume(ctx), box.Volume(ctx), box.Volume(ctx), box.Volume(ctx), box.Volume(ctx, sandbox.Unnamed)
		box.Create(ctx, inCreated.At(data), unnamed.At("/unnamed"))
		running := box.Start(ctx, inRunning.At(data))
		running.Probe(ctx, probe.Write(important, text))
		box.Run(ctx, probe.List(data), inEnded.At(data))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(pruneAll(ctx, box)).To(ConsistOf(unused.Name))
			g.Expect(box.VolumeNames(ctx)).To(ConsistOf(inCreated.Name, inRunning.Name, inEnded.Name, unnamed.Name))
			g.Expect(running.Probe(ctx, probe.Read(important))).To(Print(text))
		})
	})

	It("removes a volume as soon as its last container is removed", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		container := box.Create(ctx, volume.At(data))
		Expect(pruneAll(ctx, box)).To(BeEmpty())

		container.Remove(ctx)

		Expect(pruneAll(ctx, box)).To(ConsistOf(volume.Name))
	})

	It("keeps what its filter excludes", Label("behaviour:prune-filter"), func(ctx SpecContext) {
		box, neighbour := sandbox.New(ctx), sandbox.New(ctx)
		volume, theirs := box.Volume(ctx, sandbox.Unnamed), neighbour.Volume(ctx, sandbox.Unnamed)

		removed := box.PruneVolumes(ctx)

		Expect(removed).To(ConsistOf(volume.Name))
		Expect(theirs.Exists(ctx)).To(BeTrue())
	})

	It("keeps volumes with options on Docker, and removes them on Podman", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		optioned := box.Volume(ctx, func(spec *engine.VolumeSpec) { spec.Options = map[string]string{"type": "tmpfs", "device": "tmpfs"} })
		plain := box.Volume(ctx)

		removed := pruneAll(ctx, box)

		if box.Facts().Name == "podman" {
			Expect(removed).To(ConsistOf(plain.Name, optioned.Name))
			return
		}
		Expect(removed).To(ConsistOf(plain.Name))
	})
})

// pruneAll prunes the sandbox's unused volumes, including named ones.
func pruneAll(ctx context.Context, box *sandbox.Box) []string {
	GinkgoHelper()
	if box.Facts().PrunesNamedByDefault() {
		return box.PruneVolumes(ctx)
	}
	return box.PruneVolumes(ctx, "all=true")
}
