// Package mechanisms covers the lesson's overview of the three ways to attach storage to a container.
package mechanisms

import (
	"path"
	"time"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// own is a file in the container layer, the control beside each mount. All mount
// points exist in the image, so that an engine that drops a mount fails the claim
// and not the preparation.
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

var _ = Describe("A named volume, in the overview", Label("mechanisms"), func() {
	It("is created, stored on the host and removed by the engine", claims.Decides(
		"mechanisms/volume-managed-by-docker", "mechanisms/volume-created-and-stored",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		host := box.Start(ctx, sandbox.Mount(engine.Mount{Type: "bind", Source: path.Clean(volume.Inspect(ctx).Mountpoint), Target: "/host", ReadOnly: true}))
		box.Run(ctx, probe.Write("/app/model.bin", "weights"), volume.At("/app")).Remove(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(host.Probe(ctx, probe.Read("/host/model.bin"))).To(Print("weights"))
			Expect(volume.Remove(ctx)).To(Succeed())
			g.Expect(volume.Exists(ctx)).To(BeFalse())
			g.Expect(host.Probe(ctx, probe.Read("/host/model.bin"))).To(FailWith(probe.ENOENT))
		})
	})

	It("survives the container that wrote to it", claims.Decides("mechanisms/volume-survives-deletion"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		first := box.Start(ctx, volume.At("/app"))
		first.Probe(ctx, probe.Write("/app/vectors.db", "vectors"))
		first.Probe(ctx, probe.Write(own, "lost"))

		first.Stop(ctx).Remove(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(volume.Exists(ctx)).To(BeTrue())
			second := box.Start(ctx, volume.At("/app"))
			g.Expect(second.Probe(ctx, probe.Read("/app/vectors.db"))).To(Print("vectors"))
			g.Expect(second.Probe(ctx, probe.Read(own))).To(FailWith(probe.ENOENT))
		})
	})
})

// atOnce bounds what counts as immediate: a person does not notice less.
const atOnce = time.Second

var _ = Describe("A bind mount, in the overview", Label("mechanisms"), func() {
	It("is the host's directory, and each side sees the other's changes at once", claims.Decides(
		"mechanisms/bind-maps-a-directory", "mechanisms/bind-host-changes-appear",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write("app.py", "version 1").WorldWritable()
		running := box.Start(ctx, folder.At("/app"))

		claims.Get(ctx, "mechanisms/bind-maps-a-directory").Holds(func(g Gomega) {
			g.Expect(running.Probe(ctx, probe.MountAt("/app"))).To(ExitZero())
			g.Expect(running.Probe(ctx, probe.List("/app"))).To(Print("app.py"))
			g.Expect(running.Probe(ctx, probe.Read("/app/app.py"))).To(Print("version 1"))
		})
		claims.Get(ctx, "mechanisms/bind-host-changes-appear").Holds(func(g Gomega) {
			delay := running.TimeUntilRead(ctx, "/app/app.py", "version 2", func() { folder.Write("app.py", "version 2") })
			g.Expect(delay).To(BeNumerically("<", atOnce))
		})
		delay := folder.TimeUntilRead(ctx, "app.py", "version 3", func() { running.Probe(ctx, probe.Write("/app/app.py", "version 3")) })
		Expect(delay).To(BeNumerically("<", atOnce))
	})

	It("lets the container's root change the user's files", claims.Decides("mechanisms/bind-and-vice-versa"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write("app.py", "version 1")
		running := box.Start(ctx, folder.At("/app"))

		claims.Holds(ctx, func(g Gomega) {
			delay := folder.TimeUntilRead(ctx, "app.py", "version 2", func() {
				g.Expect(running.Probe(ctx, probe.Attempt(probe.Write("/app/app.py", "version 2")))).To(ExitZero())
			})
			g.Expect(delay).To(BeNumerically("<", atOnce))
		})
	})

	It("denies the container's root the user's files where the engine maps users", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		if !box.Facts().UsernsRemap {
			Skip("this engine does not map a container's users to other users of the host")
		}
		folder := box.Dir(ctx).Write("app.py", "version 1")
		running := box.Start(ctx, folder.At("/app"))

		refused := running.Probe(ctx, probe.Attempt(probe.Write("/app/app.py", "version 2")))
		created := running.Probe(ctx, probe.Attempt(probe.Write("/app/new.py", "version 2")))

		Expect(refused).To(FailWith(probe.EACCES))
		Expect(created).To(FailWith(probe.EACCES))
		Expect(running.Probe(ctx, probe.Read("/app/app.py"))).To(Print("version 1"))
		folder.WorldWritable()
		Expect(running.Probe(ctx, probe.Attempt(probe.Write("/app/app.py", "version 3")))).To(ExitZero())
		Expect(folder.Read("app.py")).To(Print("version 3"))
	})

	It("keeps its data on the host and not in the container", claims.Decides("mechanisms/bind-data-on-the-host"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).WorldWritable()
		container := box.Start(ctx, folder.At("/app"))
		container.Probe(ctx, probe.Write("/app/rows.db", "rows"))
		container.Probe(ctx, probe.Write(own, "in the layer"))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Changes(ctx)).To(And(ContainElement("added "+own), Not(ContainElement(HaveSuffix("rows.db")))))
			container.Stop(ctx).Remove(ctx)
			g.Expect(folder.Read("rows.db")).To(Print("rows"))
		})
	})
})

const (
	secrets = "/tmp"
	key     = secrets + "/api_key.txt"
)

var _ = Describe("A tmpfs mount, in the overview", Label("mechanisms"), func() {
	It("is a file system in memory that is empty after the container stops", claims.Decides(
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
			Skip("the engine's host has swap, and whether the kernel writes a tmpfs there cannot be observed")
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
