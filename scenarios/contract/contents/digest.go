// Package contents covers the contract's promises that no byte changes between a program
// and the disk.
package contents

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/share"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// sizes are those of the files, in bytes.
var sizes = []int64{1, 4 << 10, 1 << 20, 100 << 20}

var _ = Describe("Random contents", Label("files"), func() {
	It("are equal in a new container", claims.Decides("contract-contents/equal-after-remount"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		places, options := []string{"/named"}, []sandbox.Option{box.Volume(ctx).At("/named")}
		if box.Facts().SharesFiles {
			places, options = append(places, "/bind"), append(options, box.Dir(ctx).WorldWritable().At("/bind"))
		}
		writes, reads := generated(places, sizes)

		written := box.RunFiles(ctx, writes, options...)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(written).To(share.BeDone)
			g.Expect(digests(box.RunFiles(ctx, reads, options...))).To(Equal(digests(written)))
		})
	})

	It("of 1 GiB are equal in a new container", Label("large"), claims.Decides("contract-contents/large-file"), func(ctx SpecContext) {
		if !strings.Contains(GinkgoLabelFilter(), "large") {
			Skip("takes 1 GiB of the engine's disk: choose it with LABELS=large")
		}
		box := sandbox.New(ctx)
		volume := box.Volume(ctx)
		writes, reads := generated([]string{"/data"}, []int64{1 << 30})

		written := box.RunFiles(ctx, writes, volume.At("/data"))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(written).To(share.BeDone)
			g.Expect(digests(box.RunFiles(ctx, reads, volume.At("/data")))).To(Equal(digests(written)))
		})
	})

	It("are equal in a container and on the host", claims.Decides("contract-contents/equal-on-the-other-side"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		directory, host := box.LocalDir(ctx).Mkdir("host").Mkdir("container").WorldWritable(), box.Host()
		writes, _ := generated([]string{filepath.Join(directory.Path, "host")}, sizes)
		written := host.DoFiles(writes...)
		Expect(written).To(share.BeDone)
		container := share.Mounted(ctx, box, share.Bind(directory, "/data"))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container).NotTo(BeNil())
			_, reads := generated([]string{"/data/host"}, sizes)
			g.Expect(digests(container.DoFiles(ctx, reads...))).To(Equal(digests(written)))
			writes, _ := generated([]string{"/data/container"}, sizes)
			_, reads = generated([]string{filepath.Join(directory.Path, "container")}, sizes)
			g.Expect(container.DoFiles(ctx, writes...)).To(share.BeDone)
			g.Expect(digests(host.DoFiles(reads...))).To(Equal(digests(written)))
		})
	})
})

// generated returns the operations that write a file of each size in each place, and those
// that read them. The files of a size are equal in a run.
func generated(places []string, sizes []int64) (writes, reads []fileops.Operation) {
	for _, place := range places {
		for i, size := range sizes {
			file := fmt.Sprintf("%s/file%d", place, i)
			writes = append(writes, fileops.Generate(file, uint64(GinkgoRandomSeed()), size))
			reads = append(reads, fileops.Digest(file))
		}
	}
	return writes, reads
}

// digests returns the digest of each result, or its error.
func digests(results []fileops.Result) (all []string) {
	for _, result := range results {
		all = append(all, result.SHA256+result.Error)
	}
	return all
}
