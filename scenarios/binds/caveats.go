package binds

import (
	"github.com/holdfast/holdfast/helpers/engine"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A bind mount", Label("binds"), func() {
	It("of a single file that the host replaces shows the old one until the container is restarted", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write(name, "old")
		container := box.Start(ctx, folder.File(name).At(config))

		folder.Replace(name, "new")

		Expect(container.Probe(ctx, probe.Read(config))).To(Print("old"))
		container.Restart(ctx)
		Expect(container.Probe(ctx, probe.Read(config))).To(Print("new"))
	})

	It("has the propagation that was asked for", Label("behaviour:propagation"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx)

		container := box.Create(ctx, folder.At("/asked", "private"), folder.At("/unasked"))

		Expect(container.Inspect(ctx).Mounts).To(ConsistOf(
			And(HaveField("Target", "/asked"), HaveField("Propagation", "private")),
			And(HaveField("Target", "/unasked"), HaveField("Propagation", "rprivate")),
		))
	})

	It("of the kind --mount is read-only where that is asked for", Label("behaviour:mount-read-only"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write(name, original).WorldWritable()
		container := box.Start(ctx, sandbox.Mount(engine.Mount{Type: "bind", Source: folder.Path, Target: app, ReadOnly: true}))

		Expect(container.Probe(ctx, probe.Attempt(probe.Write(config, "overwritten")))).To(FailWith(probe.EROFS))
		Expect(folder.Read(name)).To(Print(original))
	})

	It("whose source is missing makes it a directory on the host", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx)

		container := box.Start(ctx, folder.File(name).At(config))

		Expect(container.Probe(ctx, probe.Stat(config))).To(PrintJSON[probe.Status](HaveField("Directory", true)))
		Expect(folder.State()).To(HaveKeyWithValue(name, HavePrefix("d")))
	})
})
