package tmpfs

import (
	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const (
	megabyte = 1 << 20
	// rounding is what a size may lose to whole memory pages, of 64 KiB at most.
	rounding = 128 << 10
)

var _ = Describe("The size of a tmpfs", Label("tmpfs"), func() {
	It("is half of the engine's memory by default", claims.Decides("tmpfs/default-half-of-ram"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Start(ctx, sandbox.Tmpfs(secrets))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.Statfs(secrets))).To(PrintJSON[probe.FileSystem](
				HaveField("Bytes", BeNumerically("~", box.Facts().Memory/2, rounding))))
		})
	})

	It("is exactly what size=1m says, to the byte", claims.Decides("tmpfs/run-with-size", "tmpfs/exactly-1mb"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Start(ctx, sandbox.Tmpfs(secrets, "size=1m"))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.Statfs(secrets))).To(PrintJSON[probe.FileSystem](
				And(HaveField("Type", probe.TmpfsMagic), HaveField("Bytes", BeEquivalentTo(megabyte)))))
			g.Expect(container.Probe(ctx, probe.Attempt(probe.Fill(keyFile, megabyte)))).To(Print("1048576"))
		})
	})

	It("refuses the byte after the last, also in one go", claims.Decides("tmpfs/more-than-1mb-fails"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Start(ctx, sandbox.Tmpfs(secrets, "size=1m"), sandbox.Tmpfs("/unlimited"))
		container.Probe(ctx, probe.Fill("/unlimited/file", megabyte+1))
		container.Probe(ctx, probe.Fill(keyFile, megabyte))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.Attempt(probe.Append(keyFile, "x")))).To(FailWith(probe.ENOSPC))
			tooMuch := container.Probe(ctx, probe.Attempt(probe.Fill(keyFile, megabyte+1)))
			g.Expect(tooMuch).To(FailWith(probe.ENOSPC))
			g.Expect(tooMuch.Stdout).To(Equal("1048576\n"))
		})
	})
})
