// Package tmpfs covers the contract's promises about tmpfs mounts.
package tmpfs

import (
	"strings"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/api"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
)

const (
	mebibyte = 1 << 20
	nobody   = 65534
)

var _ = Describe("A tmpfs mount", func() {
	It("has the promised options and mode, and those that are requested", claims.Decides(
		"contract-tmpfs/default-options", "contract-tmpfs/default-mode", "contract-tmpfs/mode-is-set",
		"contract-tmpfs/exec-by-flag", "contract-tmpfs/flag-absent-from-mounts",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Start(ctx, sandbox.Tmpfs("/plain"), sandbox.Tmpfs("/mode", "mode=710"), sandbox.Tmpfs("/exec", "exec"))

		options := container.Probe(ctx, probe.MountAt("/plain"))
		claims.Get(ctx, "contract-tmpfs/default-options").Holds(func(g Gomega) {
			g.Expect(options).To(haveOptions("nosuid", "nodev", "noexec"))
		})
		Expect(options).To(haveOptions("nosuid", "nodev"))
		claims.Get(ctx, "contract-tmpfs/default-mode").Holds(func(g Gomega) {
			g.Expect(container.DoFiles(ctx, fileops.Status("/plain"))).To(haveMode("1777"))
			g.Expect(container.DoFiles(ctx, fileops.Write("/plain/file", "text").By(nobody, nobody))).To(HaveEach(beDone))
		})
		claims.Get(ctx, "contract-tmpfs/mode-is-set").Holds(func(g Gomega) {
			g.Expect(container.DoFiles(ctx, fileops.Status("/mode"))).To(haveMode("710"))
			g.Expect(container.DoFiles(ctx, fileops.Write("/mode/file", "text").By(nobody, nobody))).To(HaveEach(HaveField("Errno", "EACCES")))
		})
		claims.Get(ctx, "contract-tmpfs/exec-by-flag").Holds(func(g Gomega) {
			g.Expect(container.DoFiles(ctx, execute("/exec/program")...)).To(HaveEach(beDone))
		})
		found := container.Inspect(ctx)
		claims.Get(ctx, "contract-tmpfs/flag-absent-from-mounts").Holds(func(g Gomega) {
			g.Expect(found.Tmpfs).To(And(HaveKey("/plain"), HaveKeyWithValue("/mode", ContainSubstring("mode=710")), HaveKey("/exec")))
			g.Expect(found.Mounts).To(BeEmpty())
		})
	})

	It("holds as much as its size, and again after a file is removed", claims.Decides(
		"contract-tmpfs/size-is-the-limit", "contract-tmpfs/space-comes-back",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Start(ctx, sandbox.Tmpfs("/small", "size=1m"))
		fill := fileops.Generate("/small/file", 1, mebibyte)

		claims.Get(ctx, "contract-tmpfs/size-is-the-limit").Holds(func(g Gomega) {
			g.Expect(container.DoFiles(ctx, fileops.FreeSpace("/small"))).To(haveSize(mebibyte))
			g.Expect(container.DoFiles(ctx, fill)).To(HaveEach(beDone))
			g.Expect(container.DoFiles(ctx, fileops.AppendTo("/small/file", "x"))).To(HaveEach(HaveField("Errno", "ENOSPC")))
		})
		claims.Get(ctx, "contract-tmpfs/space-comes-back").Holds(func(g Gomega) {
			g.Expect(container.DoFiles(ctx, fileops.AppendTo("/small/file", "x"))).To(HaveEach(HaveField("Errno", "ENOSPC")))
			g.Expect(container.DoFiles(ctx, fileops.Unlink("/small/file"), fill)).To(HaveEach(beDone))
		})
	})

	It("of --mount has the mode 1777 and the requested options, and is among the mounts", claims.Decides(
		"contract-tmpfs/size-by-mount", "contract-tmpfs/exec-by-options", "contract-tmpfs/mount-present-in-mounts",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		_, container := api.Create(ctx, box, api.Object{"Mounts": []api.Object{
			{"Type": "tmpfs", "Target": "/sized", "TmpfsOptions": api.Object{"SizeBytes": mebibyte}},
			{"Type": "tmpfs", "Target": "/exec", "TmpfsOptions": api.Object{"Mode": 0o1777, "Options": [][]string{{"exec"}}}},
		}})
		container.Start(ctx)

		Expect(container.ExecFiles(ctx, fileops.FreeSpace("/sized"))).To(haveSize(mebibyte))
		mode := container.ExecFiles(ctx, fileops.Status("/sized"))
		claims.Get(ctx, "contract-tmpfs/size-by-mount").Holds(func(g Gomega) { g.Expect(mode).To(haveMode("1777")) })
		Expect(mode).To(Or(haveMode("1777"), haveMode("0")))
		executed := container.ExecFiles(ctx, execute("/exec/program")...)
		claims.Get(ctx, "contract-tmpfs/exec-by-options").Holds(func(g Gomega) { g.Expect(executed).To(HaveEach(beDone)) })
		Expect(executed[1].Errno).To(BeElementOf("", "EACCES"))
		claims.Get(ctx, "contract-tmpfs/mount-present-in-mounts").Holds(func(g Gomega) {
			g.Expect(container.Inspect(ctx).Mounts).To(ConsistOf(
				And(HaveField("Type", "tmpfs"), HaveField("Target", "/sized")), And(HaveField("Type", "tmpfs"), HaveField("Target", "/exec"))))
		})
		Expect(container.Exec(ctx, probe.MountAt("/sized"))).To(PrintJSON[probe.MountInfo](HaveField("Type", "tmpfs")))
	})

	DescribeTable("is refused at a relative path", claims.Decides("contract-tmpfs/invalid-target-refused"), Label("quick"),
		func(ctx SpecContext, host api.Object) {
			box := sandbox.New(ctx)

			reply, _ := api.Create(ctx, box, host)

			claims.Holds(ctx, func(g Gomega) { g.Expect(reply).To(HaveField("Status", 400)) })
			Expect(reply.Status).To(BeElementOf(400, 500))
		},
		Entry("by --tmpfs", api.Object{"Tmpfs": api.Object{"relative": ""}}),
		Entry("by --mount", api.Object{"Mounts": []api.Object{{"Type": "tmpfs", "Target": "relative"}}}),
	)
})

var _ = Describe("/dev/shm", func() {
	It("is a tmpfs of 64 MiB, or of the requested size", claims.Decides("contract-tmpfs/shm-is-64m", "contract-tmpfs/shm-size"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container, sized := box.Start(ctx), box.Start(ctx, func(spec *engine.ContainerSpec) { spec.ShmSize = 2 * mebibyte })

		size := container.DoFiles(ctx, fileops.FreeSpace("/dev/shm"))
		claims.Get(ctx, "contract-tmpfs/shm-is-64m").Holds(func(g Gomega) {
			g.Expect(size).To(haveSize(64 * mebibyte))
			g.Expect(container.Probe(ctx, probe.MountAt("/dev/shm"))).To(PrintJSON[probe.MountInfo](HaveField("Type", "tmpfs")))
			g.Expect(container.DoFiles(ctx, fileops.Write("/dev/shm/file", "text").By(nobody, nobody))).To(HaveEach(beDone))
		})
		Expect(size).To(Or(haveSize(64*mebibyte), haveSize(64_000<<10)))
		claims.Get(ctx, "contract-tmpfs/shm-size").Holds(func(g Gomega) {
			g.Expect(sized.DoFiles(ctx, fileops.FreeSpace("/dev/shm"))).To(haveSize(2 * mebibyte))
			g.Expect(sized.DoFiles(ctx, fileops.Generate("/dev/shm/file", 1, 2*mebibyte))).To(HaveEach(beDone))
			g.Expect(sized.DoFiles(ctx, fileops.AppendTo("/dev/shm/file", "x"))).To(HaveEach(HaveField("Errno", "ENOSPC")))
		})
	})
})

// beDone succeeds if an operation succeeded.
var beDone = HaveField("Errno", "")

// execute copies the probe to a path and executes it there.
func execute(path string) []fileops.Operation {
	return []fileops.Operation{fileops.CopyProgram(path), fileops.Exec(path)}
}

func haveMode(mode string) types.GomegaMatcher {
	return HaveExactElements(HaveField("Stat.Mode", mode))
}

func haveSize(bytes int64) types.GomegaMatcher {
	return HaveExactElements(HaveField("FS.Total", bytes))
}

// haveOptions succeeds if a mount has all of the options.
func haveOptions(options ...string) types.GomegaMatcher {
	return PrintJSON[probe.MountInfo](WithTransform(func(m probe.MountInfo) []string { return strings.Split(m.Options, ",") }, ContainElements(options)))
}
