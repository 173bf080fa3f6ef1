package volumes

import (
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
)

var _ = Describe("docker volume rm", Label("volumes"), func() {
	It("removes that volume and no other, and prints its name", claims.Decides(
		"volumes/rm", "volumes/rm-removes-a-specific-one", "volumes/rm-prints-the-name",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume, other := box.Volume(ctx), box.Volume(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(box.Docker(ctx, "volume", "rm", volume.Name)).To(Print(volume.Name))
			g.Expect(box.VolumeNames(ctx)).To(ConsistOf(other.Name))
		})
	})

	It("removes that volume and no other", claims.Decides("volumes/rm", "volumes/rm-removes-a-specific-one"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume, other := box.Volume(ctx), box.Volume(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(volume.TryRemove(ctx)).To(Succeed())
			g.Expect(box.VolumeNames(ctx)).To(ConsistOf(other.Name))
		})
	})

	It("is refused while a container uses the volume, be it created, running or stopped", claims.Decides(
		"volumes/rm-only-without-containers",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		container := box.Create(ctx, volume.At(data))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(volume.TryRemove(ctx)).To(beInUse(), "created")
			container.Start(ctx).Probe(ctx, probe.Write(important, text))
			g.Expect(volume.TryRemove(ctx)).To(beInUse(), "running")
			g.Expect(container.Probe(ctx, probe.Read(important))).To(Print(text), "refusing must not harm the data")
			container.Stop(ctx)
			g.Expect(volume.TryRemove(ctx)).To(beInUse(), "stopped")
			container.Remove(ctx)
			g.Expect(volume.TryRemove(ctx)).To(Succeed())
			g.Expect(box.HasVolume(ctx, volume)).To(BeFalse())
		})
	})

	It("is refused as long as one of two containers uses the volume", claims.Decides("volumes/rm-only-without-containers"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		one, two := box.Create(ctx, volume.At(data)), box.Create(ctx, volume.At("/elsewhere", "ro"))

		claims.Holds(ctx, func(g Gomega) {
			one.Remove(ctx)
			g.Expect(volume.TryRemove(ctx)).To(beInUse())
			two.Remove(ctx)
			g.Expect(volume.TryRemove(ctx)).To(Succeed())
		})
	})

	It("works where the lesson types it, after the steps before", claims.Decides("volumes/rm-where-the-lesson-types-it"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume, _ := attached(ctx, box)

		claims.Holds(ctx, func(g Gomega) { g.Expect(volume.TryRemove(ctx)).To(Succeed()) })
	})

	It("is refused where the lesson types it, and works once new-container is removed", claims.Corrects(
		"volumes/rm-where-the-lesson-types-it",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume, newContainer := attached(ctx, box)

		Expect(volume.TryRemove(ctx)).To(And(beInUse(), MatchError(ContainSubstring(newContainer.ID[:12]))))
		names := strings.NewReplacer("new-container", newContainer.Name, "my-data", volume.Name)
		commands, printed, _ := strings.Cut(names.Replace(claims.Correction(ctx)), "\n```\n\n**Output:**\n```\n")
		claims.Corrected(ctx, func(g Gomega, _ string) {
			said := ""
			for command := range strings.Lines(commands) {
				answer := box.Docker(ctx, strings.Fields(command)[1:]...)
				g.Expect(answer).To(ExitZero())
				said += answer.Stdout
			}
			g.Expect(said).To(Equal(printed + "\n"))
			g.Expect(box.HasVolume(ctx, volume)).To(BeFalse())
		})
	})
})

// attached does what the lesson has done with a volume before it removes it:
// test-container is deleted, new-container has ended.
func attached(ctx SpecContext, box *sandbox.Box) (volume *sandbox.Volume, newContainer *sandbox.Container) {
	GinkgoHelper()
	volume = box.Volume(ctx)
	box.Create(ctx, volume.At(data)).Remove(ctx)
	return volume, box.Run(ctx, probe.List(data), volume.At(data))
}

// beInUse succeeds for the refusal because of a container, in Docker's words or Podman's.
func beInUse() types.GomegaMatcher {
	return MatchError(Or(ContainSubstring("volume is in use"), ContainSubstring("volume is being used")))
}
