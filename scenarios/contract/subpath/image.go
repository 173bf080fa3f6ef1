package subpath

import (
	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/api"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const seedFile = probe.Seed + "/seed.txt"

var _ = Describe("A mount of an image", func() {
	It("shows the image's files, which cannot be changed", claims.Decides(
		"contract-subpath/image-mount", "contract-subpath/image-mount-is-read-only",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container, err := started(ctx, box, image(box.ProbeImage(), "/image"))

		claims.Get(ctx, "contract-subpath/image-mount").Holds(func(g Gomega) {
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(container.Exec(ctx, probe.Read("/image"+seedFile))).To(Print(probe.SeedText))
		})
		claims.Get(ctx, "contract-subpath/image-mount-is-read-only").Holds(func(g Gomega) {
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(container.ExecFiles(ctx, fileops.Write("/image/new", "text"), fileops.AppendTo("/image"+seedFile, "text"),
				fileops.Unlink("/image"+seedFile))).To(HaveEach(HaveField("Errno", "EROFS")))
		})
	})

	It("shows a part of the image", claims.Decides("contract-subpath/image-subpath"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		mount := image(box.ProbeImage(), "/image")
		mount["ImageOptions"] = api.Object{"Subpath": probe.Seed[1:]}
		container, err := started(ctx, box, mount)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(container.Exec(ctx, probe.Read("/image/seed.txt"))).To(Print(probe.SeedText))
		})
	})

	It("can be at two targets of one container", claims.Decides("contract-subpath/same-image-twice"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container, err := started(ctx, box, image(box.ProbeImage(), "/one"), image(box.ProbeImage(), "/other"))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(container.Exec(ctx, probe.Read("/one"+seedFile))).To(Print(probe.SeedText))
			g.Expect(container.Exec(ctx, probe.Read("/other"+seedFile))).To(Print(probe.SeedText))
		})
	})

	It("is refused if the engine does not have the image", Label("quick"), claims.Decides("contract-subpath/absent-image-not-pulled"), func(ctx SpecContext) {
		box := sandbox.New(ctx)

		reply, _ := api.Create(ctx, box, api.Object{"Mounts": []api.Object{image("localhost/holdfast-missing:none", "/image")}})

		claims.Holds(ctx, func(g Gomega) { g.Expect(reply).To(HaveField("Status", 404)) })
		Expect(reply.Status).To(BeElementOf(404, 400, 201))
	})

	It("keeps the image from being removed, and works after it was removed by force", claims.Decides(
		"contract-subpath/mounted-image-not-removed", "contract-subpath/survives-forced-removal",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		source := api.Commit(ctx, box, box.Create(ctx))
		container, err := started(ctx, box, image(source, "/image"))

		claims.Get(ctx, "contract-subpath/mounted-image-not-removed").Holds(func(g Gomega) {
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(api.Do(ctx, box, "DELETE /images/"+source)).To(HaveField("Status", 409))
		})
		claims.Get(ctx, "contract-subpath/survives-forced-removal").Holds(func(g Gomega) {
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(api.Do(ctx, box, "DELETE /images/"+source+"?force=1")).To(HaveField("Status", 200))
			g.Expect(container.Exec(ctx, probe.Read("/image"+seedFile))).To(Print(probe.SeedText))
			g.Expect(box.Try(func() { container.Stop(ctx).Start(ctx) })).To(Succeed())
			g.Expect(container.Exec(ctx, probe.Read("/image"+seedFile))).To(Print(probe.SeedText))
		})
	})
})

func image(source, target string) api.Object {
	return api.Object{"Type": "image", "Source": source, "Target": target}
}
