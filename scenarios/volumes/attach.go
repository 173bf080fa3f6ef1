package volumes

import (
	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// The lesson's directory, file and text.
const (
	data      = "/app/data"
	important = data + "/important.txt"
	text      = "Important data"
)

var _ = Describe("A named volume", Label("volumes"), func() {
	It("is attached by -v, and no other volume", claims.Decides("volumes/attach", "volumes/write-inside"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume, other := box.Volume(ctx), box.Volume(ctx)
		container := box.Start(ctx, volume.At(data))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Inspect(ctx).Mounts).To(ConsistOf(And(
				HaveField("Type", "volume"), HaveField("Name", volume.Name), HaveField("Target", data), HaveField("ReadWrite", true))))
			g.Expect(container.Probe(ctx, probe.MountAt(data))).To(ExitZero(), "the kernel must know the mount too")
			g.Expect(container.Probe(ctx, probe.Attempt(probe.Write(important, text)))).To(ExitZero())
			both := box.Start(ctx, volume.At("/one"), other.At("/other"))
			g.Expect(both.Probe(ctx, probe.Read("/one/important.txt"))).To(Print(text))
			g.Expect(both.Probe(ctx, probe.List("/other"))).To(Print(""))
		})
	})

	It("keeps its data when the container is deleted", claims.Decides(
		"volumes/survives-container-deletion", "volumes/attach-again", "volumes/cat", "volumes/cat-prints-the-data",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)

		claims.Holds(ctx, func(g Gomega) {
			first := box.Run(ctx, probe.Attempt(probe.Write(important, text)), volume.At(data))
			g.Expect(first).To(ExitZero())
			g.Expect(box.Try(func() { first.Remove(ctx) })).To(Succeed())
			g.Expect(first.Exists(ctx)).To(BeFalse(), "the first container must be gone")
			g.Expect(volume.Exists(ctx)).To(BeTrue(), "otherwise the new container would create a volume with that name")
			g.Expect(box.Run(ctx, probe.Read(important), volume.At(data))).To(Print(text))
		})
	})

	It("holds the data instead of the container layer", claims.Decides("volumes/not-in-the-containers-layer"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		container := box.Start(ctx, volume.At(data))
		container.Probe(ctx, probe.Write("/app/layer.txt", text))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.Attempt(probe.Write(important, text)))).To(ExitZero())
			g.Expect(container.Changes(ctx)).To(And(ContainElement("added /app/layer.txt"), Not(ContainElement(HaveSuffix(important)))))
		})
	})

	It("is mounted for a root shell in /, on a host named after the container", claims.Decides("volumes/prompt"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Start(ctx, box.Volume(ctx).At(data), sandbox.Network("none"))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.Attempt(probe.Write(important, text)))).To(ExitZero())
			g.Expect(container.Probe(ctx, probe.Stat(important))).To(PrintJSON[probe.Status](HaveField("UID", 0)), "root@")
			g.Expect(container.Probe(ctx, probe.Read("/etc/hostname"))).To(Print(container.ID[:12]), "abc123")
			root := container.Probe(ctx, probe.Stat("/")).Stdout
			g.Expect(container.Probe(ctx, probe.Stat("."))).To(Print(root[:len(root)-1]), ":/")
		})
	})

	It("survives the lesson's docker commands, typed in its order", claims.Decides(
		"volumes/attach", "volumes/rm-container", "volumes/attach-again", "volumes/cat", "volumes/cat-prints-the-data",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume, first, second := box.AdoptVolume(box.Name("volume")), box.Name("test-container"), box.Name("new-container")
		run := func(name string, command probe.Command) sandbox.Answer {
			return box.DockerRun(ctx, name, append([]string{"-v", volume.Name + ":" + data, box.ProbeImage()}, command.Args...)...)
		}
		Expect(create(ctx, box, volume.Name)).To(ExitZero())

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(run(first, probe.Write(important, text))).To(ExitZero())
			g.Expect(box.Docker(ctx, "rm", first)).To(Print(first))
			g.Expect(run(second, probe.Read(important))).To(Print(text))
		})
	})
})

var _ = Describe("A container whose shell exits", Label("volumes"), func() {
	It("has ended, and exists until it is deleted", claims.Decides("volumes/exit", "volumes/exit-again", "volumes/rm-container"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)

		claims.Holds(ctx, func(g Gomega) {
			ended := box.Run(ctx, probe.Attempt(probe.Write(important, text)), volume.At(data))
			g.Expect(ended.Inspect(ctx)).To(And(HaveField("State", "exited"), HaveField("ExitCode", 0)))
			g.Expect(box.Try(func() { ended.Remove(ctx) })).To(Succeed())
			g.Expect(ended.Exists(ctx)).To(BeFalse())
		})
	})
})
