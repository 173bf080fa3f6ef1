package load

import (
	"context"
	"net/http"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/api"
	"github.com/holdfast/holdfast/scenarios/contract/internal/share"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("Many volumes", Label("files"), func() {
	It("can be created, listed, mounted and removed", claims.Decides("contract-load/many-volumes"), func(ctx SpecContext) {
		const count, mounted = 100, 50
		box := sandbox.New(ctx)
		var names []string
		var options []sandbox.Option
		var writes []fileops.Operation

		claims.Holds(ctx, func(g Gomega) {
			for len(names) < count {
				volume := box.Volume(ctx)
				names = append(names, volume.Name)
				if target := "/" + volume.Name; len(names) <= mounted {
					options, writes = append(options, volume.At(target)), append(writes, fileops.Write(target+"/file", volume.Name))
				}
			}
			g.Expect(box.VolumeNames(ctx)).To(ContainElements(names))
			container := box.Start(ctx, options...)
			g.Expect(container.DoFiles(ctx, writes...)).To(share.BeDone)
			g.Expect(container.Inspect(ctx).Mounts).To(HaveLen(mounted))
			container.Kill(ctx).Remove(ctx)
			for _, name := range names {
				g.Expect(box.Engine().RemoveVolume(ctx, name, false)).To(Succeed())
			}
			g.Expect(box.VolumeNames(ctx)).NotTo(ContainElement(BeElementOf(names)))
		})
	})
})

var _ = Describe("Many requests at once", Label("files"), func() {
	It("to create a volume of one name give the same volume, and to remove it leave nothing", claims.Decides("contract-load/same-name-at-once"), func(ctx SpecContext) {
		const requests, rounds = 20, 5 // a race is not lost each time
		box := sandbox.New(ctx)

		claims.Holds(ctx, func(g Gomega) {
			for range rounds {
				volume := box.AdoptVolume(box.Name("volume"))
				created := atOnce(ctx, box, requests, "POST /volumes/create", api.Object{"Name": volume.Name, "Labels": box.Labels()})
				removed := atOnce(ctx, box, requests, "DELETE /volumes/"+volume.Name)
				g.Expect(created).To(HaveEach(And(HaveField("Status", http.StatusCreated), HaveField("Body", created[0].Body))))
				g.Expect(removed).To(And(HaveEach(HaveField("Status", BeElementOf(204, 404))), ContainElement(HaveField("Status", 204))))
				g.Expect(volume.Exists(ctx)).To(BeFalse())
			}
		})
		if box.Facts().Name == "podman" {
			Expect(box.VolumeNames(ctx)).To(BeEmpty())
		}
	})
})

// atOnce sends requests at the same time and returns their replies.
func atOnce(ctx context.Context, box *sandbox.Box, count int, request string, body ...any) []engine.Reply {
	GinkgoHelper()
	replies := make([]engine.Reply, count)
	together(count, func(i int) { replies[i] = api.Do(ctx, box, request, body...) })
	return replies
}
