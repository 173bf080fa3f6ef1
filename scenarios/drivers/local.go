package drivers

import (
	"maps"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// mebibyte is what `size=1m` stands for.
const mebibyte = 1 << 20

var _ = Describe("The driver local", Label("drivers"), func() {
	It("is the default, for volumes and for mounts that make one", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		unasked := box.Volume(ctx)
		inPassing := box.Adopt(box.Name("volume"))
		user := box.Create(ctx, sandbox.Mounted(engine.Mount{Type: "volume", Source: inPassing.Name, Target: "/app", Labels: box.Labels()}))

		claims.Get("drivers/default-is-local", "drivers/local").Holds(func(g Gomega) {
			g.Expect(unasked.Inspect(ctx)).To(HaveField("Driver", "local"))
			g.Expect(inPassing.Inspect(ctx)).To(HaveField("Driver", "local"))
			g.Expect(user.Inspect(ctx).Mounts).To(ConsistOf(And(HaveField("Name", inPassing.Name), HaveField("Driver", "local"))))
		})
	})

	It("stores its volumes' files on the host", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.VolumeWith(ctx, engine.VolumeSpec{Driver: "local"})
		box.Run(ctx, probe.Write("/app/embeddings.db", "vectors"), volume.At("/app"))

		claims.Get("drivers/stores-on-the-host", "drivers/local").Holds(func(g Gomega) {
			g.Expect(box.Run(ctx, probe.Read("/host/embeddings.db"), volume.FolderAt(ctx, "/host"))).To(Print("vectors"))
		})
	})

	It("mounts what its options say", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		memory := map[string]string{"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}
		volume := box.VolumeWith(ctx, engine.VolumeSpec{Driver: "local", Options: memory})

		user := box.Start(ctx, volume.At("/app"))

		shown := maps.Clone(memory)
		if box.Facts().Name == "podman" {
			shown["SIZE"] = "1m" // what it has read out of `o` it shows once more
		}
		Expect(volume.Inspect(ctx).Options).To(Equal(shown))
		Expect(user.Exec(ctx, probe.Statfs("/app"))).To(Show[probe.FileSystem](And(
			HaveField("Type", probe.TmpfsMagic), HaveField("Bytes", BeEquivalentTo(mebibyte)),
		)))
	})

	DescribeTable("takes network file systems as options",
		func(ctx SpecContext, options map[string]string) {
			box := sandbox.New(ctx)

			share := box.VolumeWith(ctx, engine.VolumeSpec{Options: options})

			Expect(share.Inspect(ctx)).To(And(HaveField("Driver", "local"), HaveField("Options", options)))
		},
		Entry("NFS", map[string]string{"type": "nfs", "device": ":/models", "o": "addr=192.0.2.1,ro"}),
		Entry("Windows shares", map[string]string{"type": "cifs", "device": "//192.0.2.1/models", "o": "addr=192.0.2.1,username=student"}),
	)
})
