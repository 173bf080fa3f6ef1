package volumes

import (
	"path"

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

var _ = Describe("A volume that a container uses", func() {
	It("is not removed, and keeps its data", claims.Decides(
		"contract-volumes/in-use-is-not-removed", "contract-volumes/in-use-is-not-removed-by-force",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		container := box.Start(ctx, volume.At(data))
		container.DoFiles(ctx, fileops.Write(file, text))

		claims.Get(ctx, "contract-volumes/in-use-is-not-removed").Holds(func(g Gomega) {
			g.Expect(api.Do(ctx, box, "DELETE /volumes/"+volume.Name)).To(HaveField("Status", 409))
			g.Expect(container.Probe(ctx, probe.Read(file))).To(Print(text))
		})
		claims.Get(ctx, "contract-volumes/in-use-is-not-removed-by-force").Holds(func(g Gomega) {
			g.Expect(api.Do(ctx, box, "DELETE /volumes/"+volume.Name+"?force=1")).To(HaveField("Status", 409))
			g.Expect(container.Probe(ctx, probe.Read(file))).To(Print(text))
		})
	})

	It("is in use before the container starts", Label("quick"), claims.Decides("contract-volumes/created-container-uses-its-volume"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		box.Create(ctx, volume.At(data))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(api.Do(ctx, box, "DELETE /volumes/"+volume.Name)).To(HaveField("Status", 409))
			g.Expect(listed(ctx, box, "dangling", "true")).To(BeEmpty())
		})
	})

	It("stays with its data when the last container is removed by force", claims.Decides("contract-volumes/outlives-its-container"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		container := box.Start(ctx, volume.At(data))
		container.DoFiles(ctx, fileops.Write(file, text))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(api.Do(ctx, box, "DELETE /containers/"+container.ID+"?force=1&v=1")).To(HaveField("Status", 204))
			g.Expect(box.VolumeNames(ctx)).To(ConsistOf(volume.Name))
			g.Expect(box.Run(ctx, probe.Read(file), volume.At(data))).To(Print(text))
		})
	})

	It("is left out of an image that is committed", claims.Decides("contract-volumes/commit-leaves-volume-data-out"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Start(ctx, box.Volume(ctx).At(data))
		container.DoFiles(ctx, fileops.Write(file, text), fileops.Write("/tmp/layer.txt", text))

		image := commit(ctx, box, container)

		claims.Holds(ctx, func(g Gomega) {
			made := box.Start(ctx, sandbox.Image(image))
			g.Expect(made.Probe(ctx, probe.Read("/tmp/layer.txt"))).To(Print(text), "the container's own layer is in the image")
			g.Expect(made.Probe(ctx, probe.Read(file))).To(FailWith(probe.ENOENT))
		})
	})
})

var _ = Describe("Forced removal of a volume", func() {
	It("succeeds if the volume does not exist", Label("quick"), claims.Decides("contract-volumes/missing-removed-by-force"), func(ctx SpecContext) {
		box := sandbox.New(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(api.Do(ctx, box, "DELETE /volumes/holdfast-missing?force=1")).To(HaveField("Status", 204))
		})
	})

	It("succeeds if the volume's directory is gone", claims.Decides("contract-volumes/lost-directory-removed-by-force"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		directory := path.Dir(volume.Inspect(ctx).Mountpoint)
		box.RunFiles(ctx, []fileops.Operation{fileops.RemoveAll("/volume/_data")}, sandbox.HostUsers(),
			sandbox.Mount(engine.Mount{Type: "bind", Source: directory, Target: "/volume"}))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(api.Do(ctx, box, "DELETE /volumes/"+volume.Name+"?force=1")).To(HaveField("Status", 204))
			g.Expect(box.VolumeNames(ctx)).To(BeEmpty())
		})
	})
})

// commit makes an image of a container's layer. It is removed when the spec ends.
func commit(ctx SpecContext, box *sandbox.Box, container *sandbox.Container) string {
	GinkgoHelper()
	name := box.Name("image") + ":latest"
	reply := api.Do(ctx, box, "POST /commit?container="+container.ID+"&repo="+box.Name("image")+"&tag=latest", api.Object{"Labels": box.Labels()})
	Expect(reply).To(HaveField("Status", 201))
	image := api.Decode[struct{ ID string }](reply).ID
	DeferCleanup(func(ctx SpecContext) { Expect(box.Engine().RemoveImage(ctx, image)).To(Succeed(), name) })
	return image
}
