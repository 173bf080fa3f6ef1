package tmpfs

import (
	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/api"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A tmpfs mount of a container that is started again", func() {
	It("is empty and keeps the requested mode, but not the default one", claims.Decides(
		"contract-tmpfs/empty-after-stop", "contract-tmpfs/default-mode-after-restart", "contract-tmpfs/mode-survives-restart",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Start(ctx, sandbox.Tmpfs("/plain"), sandbox.Tmpfs("/mode", "mode=1777"))
		Expect(container.DoFiles(ctx, fileops.Status("/plain"))).To(haveMode("1777"))
		write := fileops.Write("/plain/file", "text").By(nobody, nobody)
		Expect(container.DoFiles(ctx, write, fileops.Write("/mode/file", "text"))).To(HaveEach(beDone))

		container.Stop(ctx).Start(ctx)

		claims.Get(ctx, "contract-tmpfs/empty-after-stop").Holds(func(g Gomega) {
			g.Expect(container.DoFiles(ctx, fileops.List("/plain"), fileops.List("/mode"))).To(HaveEach(And(beDone, HaveField("Names", BeEmpty()))))
		})
		claims.Get(ctx, "contract-tmpfs/default-mode-after-restart").Holds(func(g Gomega) {
			g.Expect(container.DoFiles(ctx, fileops.Status("/plain"))).To(haveMode("755"))
			g.Expect(container.DoFiles(ctx, write)).To(HaveEach(HaveField("Errno", "EACCES")))
		})
		mode := container.DoFiles(ctx, fileops.Status("/mode"))
		claims.Get(ctx, "contract-tmpfs/mode-survives-restart").Holds(func(g Gomega) { g.Expect(mode).To(haveMode("1777")) })
		Expect(mode).To(Or(haveMode("1777"), haveMode("755")))
	})
})

var _ = Describe("The files of a tmpfs mount", func() {
	It("are in no other container", claims.Decides("contract-tmpfs/not-shared"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		first := box.Start(ctx, sandbox.Tmpfs("/plain"), box.Volume(ctx).At("/volume"))
		Expect(first.DoFiles(ctx, fileops.Write("/plain/file", "text"), fileops.Write("/volume/file", "text"))).To(HaveEach(beDone))

		second := box.Start(ctx, func(spec *engine.ContainerSpec) { spec.VolumesFrom = []string{first.ID} })
		third := box.Start(ctx, sandbox.Tmpfs("/plain"))

		Expect(second.Probe(ctx, probe.Read("/volume/file"))).To(Print("text"))
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(second.Probe(ctx, probe.Read("/plain/file"))).To(FailWith(probe.ENOENT))
			g.Expect(third.Probe(ctx, probe.Read("/plain/file"))).To(FailWith(probe.ENOENT))
			g.Expect(third.Probe(ctx, probe.Attempt(probe.Write("/plain/file", "other")))).To(ExitZero())
			g.Expect(first.Probe(ctx, probe.Read("/plain/file"))).To(Print("text"))
		})
	})
})

var _ = Describe("A tmpfs mount over a path of the image", func() {
	It("hides the image's files, and has the mode of the directory unless it has its own", claims.Decides(
		"contract-tmpfs/hides-the-image", "contract-tmpfs/mode-of-the-image-directory", "contract-tmpfs/mode-over-existing-directory",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Start(ctx, sandbox.Tmpfs("/app"), sandbox.Tmpfs(probe.Seed, "mode=1777"))

		names := container.Probe(ctx, probe.List(probe.Seed))
		claims.Get(ctx, "contract-tmpfs/hides-the-image").Holds(func(g Gomega) { g.Expect(names).To(Print("")) })
		Expect(names).To(Or(Print(""), Print("seed.txt")))
		claims.Get(ctx, "contract-tmpfs/mode-of-the-image-directory").Holds(func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.Statfs("/app"))).To(PrintJSON[probe.FileSystem](HaveField("Type", probe.TmpfsMagic)))
			g.Expect(container.DoFiles(ctx, fileops.Status("/app"))).To(haveMode("755"))
		})
		mode := container.DoFiles(ctx, fileops.Status(probe.Seed))
		claims.Get(ctx, "contract-tmpfs/mode-over-existing-directory").Holds(func(g Gomega) { g.Expect(mode).To(haveMode("1777")) })
		Expect(mode).To(Or(haveMode("1777"), haveMode("755")))
	})

	It("replaces the image's volume", claims.Decides("contract-tmpfs/replaces-image-volume"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		image := api.Commit(ctx, box, box.Create(ctx), "VOLUME /volume")
		container := box.Start(ctx, sandbox.Image(image), sandbox.Tmpfs("/volume"))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.Statfs("/volume"))).To(PrintJSON[probe.FileSystem](HaveField("Type", probe.TmpfsMagic)))
			g.Expect(container.Inspect(ctx).Mounts).To(BeEmpty())
		})
		control := box.Create(ctx, sandbox.Image(image))
		Expect(control.Inspect(ctx).Mounts).To(ConsistOf(HaveField("Type", "volume")), "the image has a volume")
	})
})
