// Package drivers covers the contract's promises about the options of local volumes, and
// about volumes of other drivers.
package drivers

import (
	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const (
	data     = "/data"
	file     = data + "/file.txt"
	text     = "kept"
	mebibyte = 1 << 20
)

var _ = Describe("A local volume with options", func() {
	It("shows its device, and leaves it alone when it is removed", claims.Decides(
		"contract-drivers/bind-option", "contract-drivers/options-in-inspect", "contract-drivers/removal-keeps-host-data",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		device := box.Volume(ctx) // its directory is one that every engine has on its host
		options := map[string]string{"type": "none", "o": "bind", "device": device.Inspect(ctx).Mountpoint}
		volume := box.Volume(ctx, withOptions(options))
		container := box.Start(ctx, volume.At(data), device.At("/device"))
		container.DoFiles(ctx, fileops.Write("/device/device.txt", text), fileops.Write(file, text))

		claims.Get(ctx, "contract-drivers/bind-option").Holds(func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.Read(data+"/device.txt"))).To(Print(text))
			g.Expect(container.Probe(ctx, probe.Read("/device/file.txt"))).To(Print(text))
		})
		claims.Get(ctx, "contract-drivers/options-in-inspect").Holds(func(g Gomega) { g.Expect(volume.Inspect(ctx).Options).To(Equal(options)) })
		container.Stop(ctx).Remove(ctx)
		Expect(volume.Remove(ctx)).To(Succeed())
		claims.Get(ctx, "contract-drivers/removal-keeps-host-data").Holds(func(g Gomega) {
			g.Expect(box.Run(ctx, probe.Read(file), device.At(data))).To(Print(text))
		})
	})

	It("is a tmpfs that running containers share", claims.Decides(
		"contract-drivers/tmpfs-option", "contract-drivers/tmpfs-volume-is-shared", "contract-drivers/tmpfs-volume-empties",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx, withOptions(map[string]string{"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}))
		one, other := box.Start(ctx, volume.At(data)), box.Start(ctx, volume.At(data))
		fill := one.DoFiles(ctx, fileops.FreeSpace(data), fileops.Generate(data+"/full", 1, 2*mebibyte), fileops.Unlink(data+"/full"))

		claims.Get(ctx, "contract-drivers/tmpfs-option").Holds(func(g Gomega) {
			g.Expect(one.Probe(ctx, probe.MountAt(data))).To(PrintJSON[probe.MountInfo](HaveField("Type", "tmpfs")))
			g.Expect(fill[0]).To(HaveField("FS.Total", BeEquivalentTo(mebibyte)))
			g.Expect(fill[1]).To(HaveField("Errno", "ENOSPC"))
		})
		one.DoFiles(ctx, fileops.Write(file, text))
		claims.Get(ctx, "contract-drivers/tmpfs-volume-is-shared").Holds(func(g Gomega) { g.Expect(other.Probe(ctx, probe.Read(file))).To(Print(text)) })
		one.Stop(ctx)
		Expect(other.Probe(ctx, probe.List(data))).To(Print("file.txt"), "one container goes on using it")
		other.Stop(ctx).Start(ctx)
		claims.Get(ctx, "contract-drivers/tmpfs-volume-empties").Holds(func(g Gomega) { g.Expect(other.Probe(ctx, probe.List(data))).To(Print("")) })
	})

	It("of a device that does not exist keeps its container from starting", claims.Decides("contract-drivers/bogus-device-fails-at-start"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		var volume *sandbox.Volume

		created := box.Try(func() {
			volume = box.Volume(ctx, withOptions(map[string]string{"type": "ext4", "device": "/dev/holdfast-missing"}))
		})
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(created).To(Succeed())
			g.Expect(box.Try(func() { box.Start(ctx, volume.At(data)) })).To(MatchError(ContainSubstring("holdfast-missing")))
		})
	})
})

func withOptions(options map[string]string) func(*engine.VolumeSpec) {
	return func(spec *engine.VolumeSpec) { spec.Options = options }
}
