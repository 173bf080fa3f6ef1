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
	It("removes only that volume, and prints its name", claims.Decides(
		"volumes/rm", "volumes/rm-removes-a-specific-one", "volumes/rm-prints-the-name",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume, other := box.Volume(ctx), box.Volume(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(box.Docker(ctx, "volume", "rm", volume.Name)).To(Print(volume.Name))
			g.Expect(box.VolumeNames(ctx)).To(ConsistOf(other.Name))
		})
	})

	It("removes only that volume", claims.Decides("volumes/rm", "volumes/rm-removes-a-specific-one"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume, other := box.Volume(ctx), box.Volume(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(volume.Remove(ctx)).To(Succeed())
			g.Expect(box.VolumeNames(ctx)).To(ConsistOf(other.Name))
		})
	})

	It("is refused while a created, running or stopped container uses the volume", claims.Decides(
		"volumes/rm-only-without-containers",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		container := box.Create(ctx, volume.At(data))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(volume.Remove(ctx)).To(beInUse(), "created")
			container.Start(ctx).Probe(ctx, probe.Write(important, text))
			g.Expect(volume.Remove(ctx)).To(beInUse(), "running")
			g.Expect(container.Probe(ctx, probe.Read(important))).To(Print(text), "refusing must not harm the data")
			container.Stop(ctx)
			g.Expect(volume.Remove(ctx)).To(beInUse(), "stopped")
			container.Remove(ctx)
			g.Expect(volume.Remove(ctx)).To(Succeed())
			g.Expect(volume.Exists(ctx)).To(BeFalse())
		})
	})

	It("is refused while one of two containers uses the volume", claims.Decides("volumes/rm-only-without-containers"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		one, two := box.Create(ctx, volume.At(data)), box.Create(ctx, volume.At("/elsewhere", "ro"))

		claims.Holds(ctx, func(g Gomega) {
			one.Remove(ctx)
			g.Expect(volume.Remove(ctx)).To(beInUse())
			two.Remove(ctx)
			g.Expect(volume.Remove(ctx)).To(Succeed())
		})
	})

	It("works where the lesson types it, after its earlier steps", claims.Decides("volumes/rm-where-the-lesson-types-it"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume, _ := attached(ctx, box)

		claims.Holds(ctx, func(g Gomega) { g.Expect(volume.Remove(ctx)).To(Succeed()) })
	})

	It("is refused where the lesson types it, until new-container is removed", claims.Corrects(
		"volumes/rm-where-the-lesson-types-it",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume, newContainer := attached(ctx, box)

		Expect(volume.Remove(ctx)).To(And(beInUse(), MatchError(ContainSubstring(newContainer.ID[:12]))))
		names := strings.NewReplacer("new-container", newContainer.Name, "my-data", volume.Name)
		commands, printed, _ := strings.Cut(names.Replace(claims.Correction(ctx)), "\n```\n\n**Output:**\n```\n")
		claims.Corrected(ctx, func(g Gomega, _ string) {
			printedAll := ""
			for command := range strings.Lines(commands) {
				answer := box.Docker(ctx, strings.Fields(command)[1:]...)
				g.Expect(answer).To(ExitZero())
				printedAll += answer.Stdout
			}
			g.Expect(printedAll).To(Equal(printed + "\n"))
			g.Expect(volume.Exists(ctx)).To(BeFalse())
		})
	})
})

// attached repeats the lesson's steps before it removes the volume: test-container
// is deleted, new-container has ended.
func attached(ctx SpecContext, box *sandbox.Box) (volume *sandbox.Volume, newContainer *sandbox.Container) {
	GinkgoHelper()
	volume = box.Volume(ctx)
	box.Create(ctx, volume.At(data)).Remove(ctx)
	return volume, box.Run(ctx, probe.List(data), volume.At(data))
}

// beInUse matches the refusal to remove a volume in use, by Docker or Podman.
func beInUse() types.GomegaMatcher {
	return MatchError(Or(ContainSubstring("volume is in use"), ContainSubstring("volume is being used")))
}
