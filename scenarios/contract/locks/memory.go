package locks

import (
	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/share"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
)

var _ = Describe("A memory map of a file", Label("files"), func() {
	It("is shared by containers", claims.Decides("contract-locks/shared-memory-map"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		shared := share.Start(ctx, box, 2)
		one, other := shared.All[0], shared.All[1]

		claims.Holds(ctx, func(g Gomega) {
			for _, file := range shared.Files("mapped") {
				g.Expect(one.DoFiles(ctx, fileops.Write(file, "before"), fileops.Map(file, file, 6))).To(share.BeDone, file)
				g.Expect(other.DoFiles(ctx, fileops.Map(file, file, 6), fileops.MapRead(file, 0, 6))).To(HaveExactElements(done, reads("before")), file)
				g.Expect(one.DoFiles(ctx, fileops.MapWrite(file, 0, "after."))).To(share.BeDone, file)
				g.Expect(other.DoFiles(ctx, fileops.MapRead(file, 0, 6), fileops.MapWrite(file, 0, "BEFORE"))).To(HaveExactElements(reads("after."), done), file)
				g.Expect(one.DoFiles(ctx, fileops.MapRead(file, 0, 6))).To(HaveExactElements(reads("BEFORE")), file)
			}
		})
	})
})

// reads matches the result of an operation that read a text.
func reads(text string) types.GomegaMatcher { return And(done, HaveField("Data", []byte(text))) }
