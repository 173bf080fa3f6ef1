package mechanisms

import (
	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const (
	secrets = "/tmp"
	key     = secrets + "/api_key.txt"
)

var _ = Describe("A tmpfs mount, in short", Label("mechanisms"), func() {
	It("is a file system in memory, and empty once the container has stopped", claims.Decides(
		"mechanisms/tmpfs-only-in-ram", "mechanisms/tmpfs-purged",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Start(ctx, sandbox.Tmpfs(secrets))
		container.Probe(ctx, probe.Write(key, "secret"))
		container.Probe(ctx, probe.Write(own, "kept"))

		claims.Get(ctx, "mechanisms/tmpfs-only-in-ram").Holds(func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.MountAt(secrets))).To(PrintJSON[probe.MountInfo](HaveField("Type", "tmpfs")))
			g.Expect(container.Probe(ctx, probe.Statfs(key))).To(PrintJSON[probe.FileSystem](HaveField("Type", probe.TmpfsMagic)))
			g.Expect(container.Probe(ctx, probe.Read(key))).To(Print("secret"))
		})
		claims.Get(ctx, "mechanisms/tmpfs-purged").Holds(func(g Gomega) {
			container.Stop(ctx)
			g.Expect(container.Files(ctx, own)).To(HaveKeyWithValue("own.txt", "kept"))
			g.Expect(container.Files(ctx, secrets)).To(BeEmpty())
			container.Start(ctx)
			g.Expect(container.Probe(ctx, probe.Read(own))).To(Print("kept"))
			g.Expect(container.Probe(ctx, probe.Read(key))).To(FailWith(probe.ENOENT))
		})
	})

	It("leaves nothing in the container's layer on disk", claims.Decides("mechanisms/tmpfs-never-on-disk"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		if box.Facts().Swap > 0 {
			Skip("the engine's host has swap, to which the kernel may write what is in a tmpfs: whether it does cannot be seen")
		}
		container := box.Start(ctx, sandbox.Tmpfs(secrets))
		container.Probe(ctx, probe.Write(key, "secret"))
		container.Probe(ctx, probe.Write(own, "on disk"))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.Statfs(key))).To(PrintJSON[probe.FileSystem](HaveField("Type", probe.TmpfsMagic)))
			g.Expect(container.Changes(ctx)).To(And(ContainElement("added "+own), Not(ContainElement(HaveSuffix("api_key.txt")))))
		})
	})
})
