package binds

import (
	"path"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/api"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// The engine itself makes a mount on its host: while a container uses a volume of the
// local driver with the type tmpfs, a tmpfs is mounted at _data in the volume's directory.
// A bind mount of that directory has this mount below it.

var _ = Describe("A read-only bind mount of a directory with a mount below", func() {
	DescribeTable("is as recursive as requested",
		func(ctx SpecContext, options api.Object, result string) {
			box := sandbox.New(ctx)
			parent := mountedVolume(ctx, box)

			mount := api.Object{"Type": "bind", "Source": parent, "Target": "/data", "ReadOnly": true}
			if options != nil {
				mount["BindOptions"] = options
			}

			reply, container := api.Create(ctx, box, api.Object{"Mounts": []api.Object{mount}})

			Expect(reply).To(HaveField("Status", 201))
			container.Start(ctx)
			results := container.ExecFiles(ctx, fileops.Read("/data/_data/file"), fileops.Write("/data/_data/new", "text"))
			claims.Holds(ctx, func(g Gomega) {
				g.Expect(results[0]).To(HaveField("Errno", ""), "the mount is below")
				g.Expect(results[1]).To(HaveField("Errno", result))
			})
			Expect(results[1].Errno).To(BeElementOf("", "EROFS"))
			Expect(container.ExecFiles(ctx, fileops.Write("/data/new", "text"))).To(refuse)
		},
		Entry("by default: recursive", claims.Decides("contract-binds/read-only-is-recursive"), nil, "EROFS"),
		Entry("with ReadOnlyNonRecursive", claims.Decides("contract-binds/non-recursive-read-only"), api.Object{"ReadOnlyNonRecursive": true}, ""),
		Entry("with ReadOnlyForceRecursive", claims.Decides("contract-binds/force-recursive-read-only"),
			api.Object{"ReadOnlyForceRecursive": true}, "EROFS"),
	)

	It("is refused with options that contradict each other", claims.Decides("contract-binds/contradicting-recursion-refused"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		parent := mountedVolume(ctx, box)

		reply, container := api.Create(ctx, box, api.Object{"Mounts": []api.Object{{"Type": "bind", "Source": parent, "Target": "/data", "ReadOnly": true,
			"BindOptions": api.Object{"ReadOnlyNonRecursive": true, "ReadOnlyForceRecursive": true}}}})

		claims.Holds(ctx, func(g Gomega) {
			if reply.Status == 201 {
				g.Expect(box.Try(func() { container.Start(ctx) })).To(HaveOccurred())
				g.Expect(container.Inspect(ctx)).NotTo(HaveField("State", "running"))
			}
		})
		Expect(reply.Status).To(BeElementOf(201, 400))
	})
})

var _ = Describe("A bind mount that is not recursive", func() {
	It("leaves out the mounts below its source", claims.Decides("contract-binds/non-recursive-drops-submounts"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		parent := mountedVolume(ctx, box)

		// The kernel does not let another user namespace leave out mounts.
		container := box.Start(ctx, sandbox.HostUsers(),
			sandbox.Mount(engine.Mount{Type: "bind", Source: parent, Target: "/alone", NonRecursive: true}),
			sandbox.Mount(engine.Mount{Type: "bind", Source: parent, Target: "/all"}))

		Expect(container.DoFiles(ctx, fileops.Read("/all/_data/file"))).To(beDone)
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.DoFiles(ctx, fileops.List("/alone/_data"))).To(HaveExactElements(And(HaveField("Errno", ""), HaveField("Names", BeEmpty()))))
		})
	})
})

// mountedVolume creates a volume in memory that has a file, and keeps it mounted by a
// container. It returns the directory that has the mount at _data.
func mountedVolume(ctx SpecContext, box *sandbox.Box) string {
	GinkgoHelper()
	volume := memoryVolume(ctx, box)
	holder := box.Start(ctx, volume.At("/held"))
	Expect(holder.DoFiles(ctx, fileops.Write("/held/file", "text"))).To(beDone)
	return path.Dir(volume.Inspect(ctx).Mountpoint)
}

func memoryVolume(ctx SpecContext, box *sandbox.Box) *sandbox.Volume {
	GinkgoHelper()
	return box.Volume(ctx, func(spec *engine.VolumeSpec) { spec.Options = map[string]string{"type": "tmpfs", "device": "tmpfs"} })
}
