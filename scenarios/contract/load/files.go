// Package load covers the contract's promises about several users of one volume, and about
// many volumes.
package load

import (
	"fmt"
	"sync"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/share"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// containers and lines are those that the contract names.
const (
	containers = 10
	lines      = 1000
)

var _ = Describe("A file that several containers use", Label("files"), func() {
	It("has each line that they append, whole", claims.Decides("contract-load/appended-lines-are-whole"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		shared := share.Start(ctx, box, containers)
		want := map[string]int{}
		for i := range containers {
			want[fmt.Sprint("writer", i)] = lines
		}

		together(containers, func(i int) {
			var appends []fileops.Operation
			for _, file := range shared.Files("lines") {
				appends = append(appends, fileops.AppendLines(file, fmt.Sprint("writer", i), lines))
			}
			shared.All[i].DoFiles(ctx, appends...)
		})

		claims.Holds(ctx, func(g Gomega) {
			for _, file := range shared.Files("lines") {
				counted := shared.All[0].DoFiles(ctx, fileops.CountLines(file))[0]
				g.Expect(counted.Loop).To(And(HaveField("Torn", BeZero()), HaveField("Duplicates", BeZero()), HaveField("Writers", want)), file)
			}
		})
	})

	It("is whole while another container replaces it by renaming", claims.Decides("contract-load/readers-see-whole-files"), func(ctx SpecContext) {
		const size, versions = 64 << 10, 300
		box := sandbox.New(ctx)
		shared := share.Start(ctx, box, 2)

		claims.Holds(ctx, func(g Gomega) {
			for _, file := range shared.Files("replaced") {
				results := make([]fileops.Result, 2)
				operations := []fileops.Operation{fileops.Replace(file, size, versions), fileops.Observe(file, size, versions)}
				g.Expect(shared.All[0].DoFiles(ctx, fileops.Replace(file, size, 1))).To(share.BeDone)
				together(2, func(i int) { results[i] = shared.All[i].DoFiles(ctx, operations[i])[0] })
				g.Expect(results).To(share.BeDone, file)
				g.Expect(results[1].Loop).To(And(HaveField("Last", int64(versions)), HaveField("Missing", BeZero()), HaveField("Torn", BeZero())), file)
			}
		})
	})
})

var _ = Describe("A full volume", Label("files"), Ordered, ContinueOnFailure, func() {
	const size = 1 << 20
	var box *sandbox.Box
	var small *sandbox.Volume
	var container *sandbox.Container
	var filled []fileops.Result
	full := HaveExactElements(HaveField("Errno", "ENOSPC"))
	BeforeAll(func(ctx SpecContext) {
		box = sandbox.New(ctx)
		small = box.Volume(ctx, func(spec *engine.VolumeSpec) {
			spec.Options = map[string]string{"type": "tmpfs", "device": "tmpfs", "o": fmt.Sprint("size=", size)}
		})
		container = box.Start(ctx, small.At("/small"), box.Volume(ctx).At("/data"))
		filled = container.DoFiles(ctx, fileops.Generate("/small/file", 1, 2*size))
	})

	It("refuses what does not fit, and nothing else", claims.Decides("contract-load/full-volume"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(filled).To(full)
			g.Expect(container.DoFiles(ctx, fileops.Write("/data/file", "text"))).To(share.BeDone)
			g.Expect(box.RunFiles(ctx, []fileops.Operation{fileops.Digest("/small/file"), fileops.Write("/data/file", "text")}, small.At("/small"), box.Volume(ctx).At("/data"))).To(share.BeDone)
		})
	})

	It("has room again when the file is removed", claims.Decides("contract-load/space-after-full"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(filled).To(full)
			g.Expect(container.DoFiles(ctx, fileops.Unlink("/small/file"), fileops.Generate("/small/file", 2, size/2))).To(share.BeDone)
		})
	})
})

// together calls do for each number below count at the same time.
func together(count int, do func(i int)) {
	var all sync.WaitGroup
	for i := range count {
		all.Go(func() {
			defer GinkgoRecover()
			do(i)
		})
	}
	all.Wait()
}
