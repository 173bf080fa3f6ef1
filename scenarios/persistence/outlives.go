package persistence

import (
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/holdfast/holdfast/helpers/match"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// What the cells "engine restart" and "engine kill -9 and start" rest on:
// Docker's containers end with the engine, unless that keeps them alive
// (live-restore), and Podman's have a monitor of their own (conmon) each.
var _ = Describe("A running container", Serial, Label("persistence"), func() {
	DescribeTable("ends with the engine on Docker, and runs on undisturbed on Podman, after",
		func(ctx SpecContext, event func(*sandbox.Box, SpecContext)) {
			box := sandbox.New(ctx)
			box.NeedsControl()
			container := box.Start(ctx, sandbox.Tmpfs(tmpfs.folder))
			container.Do(ctx, probe.Write(tmpfs.file(), "kept"))
			before := container.Inspect(ctx)

			event(box, ctx)

			after := container.Inspect(ctx)
			if box.Facts().Name == "podman" {
				Expect(after).To(And(HaveField("State", "running"), HaveField("StartedAt", before.StartedAt)))
				Expect(container.Do(ctx, probe.Read(tmpfs.file()))).To(Print("kept"))
				return
			}
			Expect(after).To(HaveField("State", "exited"))
			container.Again(ctx)
			Expect(container.Do(ctx, probe.Read(tmpfs.file()))).To(FailWith(probe.ENOENT))
		},
		Entry("a restart", func(box *sandbox.Box, ctx SpecContext) { box.RestartEngine(ctx) }),
		Entry("a kill -9 and start", func(box *sandbox.Box, ctx SpecContext) { box.CrashEngine(ctx) }),
	)
})
