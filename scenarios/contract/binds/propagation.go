package binds

import (
	"encoding/json"
	"path"
	"strings"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/api"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The propagation of a bind mount", func() {
	It("is rprivate by default, and rslave for the engine's data directory", claims.Decides(
		"contract-binds/private-by-default", "contract-binds/data-root-is-slave",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		directory := box.Dir(ctx)
		ours := engine.Mount{Type: "bind", Source: directory.Path, Target: "/long"}
		root := engine.Mount{Type: "bind", Source: box.Facts().DataRoot, Target: "/root", ReadOnly: true}

		mounts := box.Create(ctx, directory.At("/short"), sandbox.Mount(ours), sandbox.Mount(root)).Inspect(ctx).Mounts

		claims.Get(ctx, "contract-binds/private-by-default").Holds(func(g Gomega) {
			g.Expect(mounts).To(ContainElements(
				And(HaveField("Target", "/short"), HaveField("Propagation", "rprivate")),
				And(HaveField("Target", "/long"), HaveField("Propagation", "rprivate"))))
		})
		claims.Get(ctx, "contract-binds/data-root-is-slave").Holds(func(g Gomega) {
			g.Expect(mounts).To(ContainElement(And(HaveField("Target", "/root"), HaveField("Propagation", "rslave"))))
		})
		Expect(mounts).To(ContainElement(And(HaveField("Target", "/root"), HaveField("Propagation", BeElementOf("rslave", "rprivate")))))
	})

	DescribeTable("is refused", Label("quick"),
		func(ctx SpecContext, host string, promised []int) {
			box := sandbox.New(ctx)
			volume := box.AdoptVolume(box.Name("volume")).Name
			var config api.Object
			Expect(json.Unmarshal([]byte(strings.NewReplacer("VOLUME", volume, "ROOT", box.Facts().DataRoot).Replace(host)), &config)).To(Succeed())

			reply, _ := api.Create(ctx, box, config)

			claims.Holds(ctx, func(g Gomega) { g.Expect(reply.Status).To(BeElementOf(promised)) })
			Expect(reply.Status).To(BeElementOf(append(promised, 201)))
		},
		Entry("for the engine's data directory: private", claims.Decides("contract-binds/data-root-refuses-private"),
			`{"Mounts": [{"Type": "bind", "Source": "ROOT", "Target": "/data", "ReadOnly": true, "BindOptions": {"Propagation": "private"}}]}`, []int{400}),
		Entry("for the engine's data directory: rprivate", claims.Decides("contract-binds/data-root-refuses-private"),
			`{"Mounts": [{"Type": "bind", "Source": "ROOT", "Target": "/data", "ReadOnly": true, "BindOptions": {"Propagation": "rprivate"}}]}`, []int{400}),
		Entry("for a named volume", claims.Decides("contract-binds/volume-refuses-propagation"),
			`{"Binds": ["VOLUME:/data:rslave"]}`, []int{400, 500}),
	)

	It("rshared needs a shared source", claims.Decides("contract-binds/shared-needs-shared-source"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		directory := box.Dir(ctx)
		if receives(ctx, box, directory) {
			Skip("the work directory is on a shared mount: set HOLDFAST_WORK to a directory that is not, or run in the lab")
		}

		err := box.Try(func() { box.Start(ctx, directory.At("/data", "rshared")) })

		claims.Holds(ctx, func(g Gomega) { g.Expect(err).To(MatchError(ContainSubstring("starting container"))) })
	})

	It("rprivate hides later mounts of the host", claims.Decides("contract-binds/private-hides-later-mounts"), func(ctx SpecContext) {
		box := sandbox.New(ctx)

		// By this path the engine does not see that the source is in its data directory. It is the root of the
		// thread that asks: /proc/self/root is that of the first, which Podman may have moved into another root.
		container := startedBefore(ctx, box, func(source string) string { return "/proc/thread-self/root" + source + ":/data:rprivate" })

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.DoFiles(ctx, fileops.List("/data/_data"))).To(HaveExactElements(And(HaveField("Errno", ""), HaveField("Names", BeEmpty()))))
		})
	})

	It("rslave receives later mounts of the host", claims.Decides("contract-binds/slave-receives-mounts"), func(ctx SpecContext) {
		box := sandbox.New(ctx)

		container := startedBefore(ctx, box, func(source string) string { return source + ":/data:rslave" })

		if box.Facts().Name != "docker" && !isSlave(ctx, container, "/data") {
			Skip("the engine's data directory is not on a shared mount: Docker makes it one")
		}
		claims.Holds(ctx, func(g Gomega) { g.Expect(container.DoFiles(ctx, fileops.Read("/data/_data/file"))).To(beDone) })
	})
})

// startedBefore starts a container with a bind mount of a volume's directory, and after that
// has the engine mount a tmpfs with a file there, at _data.
func startedBefore(ctx SpecContext, box *sandbox.Box, bind func(source string) string) *sandbox.Container {
	GinkgoHelper()
	volume := memoryVolume(ctx, box)
	source := path.Dir(volume.Inspect(ctx).Mountpoint)
	container := box.Start(ctx, func(spec *engine.ContainerSpec) { spec.Binds = []string{bind(source)} })
	holder := box.Start(ctx, volume.At("/held"))
	Expect(holder.DoFiles(ctx, fileops.Write("/held/file", "text"))).To(beDone)
	return container
}

// receives reports whether a bind mount of the directory with rslave receives mounts of the
// host, as it does if its source is on a shared mount.
func receives(ctx SpecContext, box *sandbox.Box, directory *sandbox.Dir) (receives bool) {
	GinkgoHelper()
	err := box.Try(func() {
		receives = isSlave(ctx, box.Start(ctx, directory.At("/data", "rslave")), "/data")
	})
	return err == nil && receives
}

// isSlave reports whether the kernel propagates mounts to a mount of the container.
func isSlave(ctx SpecContext, container *sandbox.Container, target string) bool {
	GinkgoHelper()
	var mounted probe.MountInfo
	Expect(json.Unmarshal([]byte(container.Probe(ctx, probe.MountAt(target)).Stdout), &mounted)).To(Succeed())
	return strings.Contains(mounted.Propagation, "master:")
}
