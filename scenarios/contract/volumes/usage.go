package volumes

import (
	"context"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/api"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
)

var _ = Describe("The disk usage", func() {
	It("has the size and the users of each volume without options", claims.Decides(
		"contract-volumes/df-size-and-references", "contract-volumes/df-omits-volumes-with-options", "contract-volumes/df-type",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		used, unused := box.Volume(ctx), box.Volume(ctx)
		optioned := box.AdoptVolume(box.Name("volume"))
		api.Do(ctx, box, "POST /volumes/create", api.Object{"Name": optioned.Name, "Labels": box.Labels(), "DriverOpts": api.Object{"type": "tmpfs", "device": "tmpfs"}})
		box.RunFiles(ctx, []fileops.Operation{fileops.Generate(file, 1, 123_457)}, used.At(data))

		usage := diskUsage(ctx, box, "")
		claims.Get(ctx, "contract-volumes/df-size-and-references").Holds(func(g Gomega) {
			g.Expect(usage.Volumes).To(ContainElement(entry(used.Name, 123_457, 1)))
			g.Expect(usage.Volumes).To(ContainElement(entry(unused.Name, 0, 0)))
		})
		claims.Get(ctx, "contract-volumes/df-omits-volumes-with-options").Holds(func(g Gomega) {
			g.Expect(usage.Volumes).NotTo(ContainElement(HaveField("Name", optioned.Name)))
		})
		alone := diskUsage(ctx, box, "?type=volume")
		claims.Get(ctx, "contract-volumes/df-type").Holds(func(g Gomega) {
			g.Expect(alone.Volumes).To(ContainElement(entry(used.Name, 123_457, 1)))
			g.Expect(append(alone.Images, alone.Containers...)).To(BeEmpty())
		})
		Expect(usage.Images).NotTo(BeEmpty(), "the probe's image")
		Expect(usage.Containers).NotTo(BeEmpty(), "the container that wrote")
	})
})

type usage struct {
	Volumes []struct {
		Name      string
		UsageData struct{ Size, RefCount int64 }
	}
	Images, Containers []any
}

func entry(name string, size, users int64) types.GomegaMatcher {
	return And(HaveField("Name", name), HaveField("UsageData.Size", size), HaveField("UsageData.RefCount", users))
}

// diskUsage asks for the disk usage again while the engine fails on what other specs remove.
func diskUsage(ctx context.Context, box *sandbox.Box, query string) usage {
	GinkgoHelper()
	var reply engine.Reply
	Eventually(ctx, func() int {
		reply = api.Do(ctx, box, "GET /system/df"+query)
		return reply.Status
	}, "20s", "50ms").Should(Equal(200))
	return api.Decode[usage](reply)
}
