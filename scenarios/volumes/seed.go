package volumes

import (
	"github.com/holdfast/holdfast/helpers/engine"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// The lesson does not cover the initial content of a volume, or subpaths.
var _ = Describe("A new volume mounted over files of the image", Label("volumes"), func() {
	It("starts with a copy of them", Label("behaviour:image-files"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		box.Start(ctx, volume.At(probe.Seed))

		Expect(box.Run(ctx, probe.Read("/volume/seed.txt"), volume.At("/volume"))).To(Print(probe.SeedText))
	})

	It("stays empty with nocopy", Label("behaviour:nocopy"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		if box.Facts().Name == "podman" {
			Skip("Podman ignores nocopy")
		}
		short, long := box.Volume(ctx), box.Volume(ctx)

		Expect(box.Run(ctx, probe.List(probe.Seed), short.At(probe.Seed, "nocopy"))).To(Print(""))
		Expect(box.Run(ctx, probe.List(probe.Seed), sandbox.Mount(engine.Mount{Type: "volume", Source: long.Name, Target: probe.Seed, NoCopy: true}))).To(Print(""))
	})
})

var _ = Describe("A subpath of a volume", Label("volumes"), func() {
	It("is mounted in place of the whole volume", Label("behaviour:subpath"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		if box.Facts().Name == "podman" || !box.Facts().Speaks("1.45") {
			Skip("needs an engine with volume subpaths: Docker 26.0 or later")
		}
		volume := box.Volume(ctx)
		writer := box.Start(ctx, volume.At(data))
		writer.Probe(ctx, probe.Mkdir(data+"/part"))
		writer.Probe(ctx, probe.Write(data+"/part/important.txt", text))

		part := sandbox.Mount(engine.Mount{Type: "volume", Source: volume.Name, Target: "/part", Subpath: "part"})

		Expect(box.Run(ctx, probe.List("/part"), part)).To(Print("important.txt"))
	})
})

var _ = Describe("An anonymous volume", Label("volumes"), func() {
	It("survives docker rm, and is removed by docker rm -v", Label("behaviour:anonymous"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		kept, taken := box.Create(ctx, sandbox.Anonymous(data)), box.Create(ctx, sandbox.Anonymous(data))
		stays, goes := anonymousOf(ctx, box, kept), anonymousOf(ctx, box, taken)

		kept.Remove(ctx)
		taken.RemoveWithVolumes(ctx)

		Expect(stays.Exists(ctx)).To(BeTrue())
		Expect(goes.Exists(ctx)).To(BeFalse())
	})
})

func anonymousOf(ctx SpecContext, box *sandbox.Box, container *sandbox.Container) *sandbox.Volume {
	GinkgoHelper()
	mounts := container.Inspect(ctx).Mounts
	Expect(mounts).To(HaveLen(1))
	return box.AdoptVolume(mounts[0].Name)
}
