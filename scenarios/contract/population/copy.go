// Package population covers the contract's promises about the first contents of a volume.
package population

import (
	"context"
	"fmt"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/images"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// What the image of these specs has.
const (
	full  = "/full"  // a directory with one of each kind of file
	more  = "/more"  // another one
	empty = "/empty" // an empty directory
	newer = "newer.txt"

	attribute = "user.holdfast"
	text      = "from the image"
)

var linked = images.Regular(full+"/file.txt", 0o640, 1002, text)

var files = []probe.File{
	images.Directory(full, 0o750, 1000),
	linked,
	images.Regular(full+"/program", 0o4755, 1004, "none"),
	images.Directory(full+"/sub", 0o2711, 1006),
	images.Regular(full+"/sub/deep.txt", 0o600, 1008, "deep"),
	images.Symlink(full+"/symbolic", "file.txt"),
	images.HardLink(full+"/hard", linked),
	withAttribute(images.Regular(full+"/attribute.txt", 0o644, 0, text)),
	images.Directory(empty, 0o700, 1010),
	images.Directory(more, 0o755, 1012),
	images.Regular(more+"/more.txt", 0o644, 1012, text),
	images.Regular(probe.Seed+"/"+newer, 0o644, 0, text),
}

func withAttribute(file probe.File) probe.File {
	file.PAXRecords = map[string]string{"SCHILY.xattr." + attribute: "value"}
	return file
}

func image(ctx context.Context, box *sandbox.Box) sandbox.Option {
	GinkgoHelper()
	return sandbox.Image(images.WithFiles(ctx, box, files...))
}

var _ = Describe("An empty volume over a directory of the image", func() {
	It("gets a copy of the directory", claims.Decides(
		"contract-population/copies-the-image-directory", "contract-population/copies-links", "contract-population/copies-xattrs",
		"contract-population/copies-owners-and-modes", "contract-population/copies-owner-of-empty-directory",
		"contract-population/root-owned-without-image-directory", "contract-population/read-only-mount-copies",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Start(ctx, image(ctx, box), box.Volume(ctx).At(full), box.Volume(ctx).At(empty), box.Volume(ctx).At("/nothing"), box.Volume(ctx).At(more, "ro"))
		do := func(operations ...fileops.Operation) []fileops.Result { return container.DoFiles(ctx, operations...) }

		claims.Get(ctx, "contract-population/copies-the-image-directory").Holds(func(g Gomega) {
			g.Expect(do(fileops.List(full))[0].Names).To(ConsistOf("attribute.txt", "file.txt", "hard", "program", "sub", "symbolic"))
			g.Expect(container.Probe(ctx, probe.Read(full+"/file.txt"))).To(Print(text))
			g.Expect(container.Probe(ctx, probe.Read(full+"/sub/deep.txt"))).To(Print("deep"))
		})
		claims.Get(ctx, "contract-population/copies-links").Holds(func(g Gomega) {
			results := do(fileops.Readlink(full+"/symbolic"), fileops.Status(full+"/file.txt"), fileops.Status(full+"/hard"))
			g.Expect(string(results[0].Data)).To(Equal("file.txt"))
			g.Expect(results[2].Stat).NotTo(BeNil(), results[2].String())
			g.Expect(results[1].Stat).To(And(HaveField("Links", uint64(2)), HaveField("Inode", results[2].Stat.Inode)))
		})
		claims.Get(ctx, "contract-population/copies-xattrs").Holds(func(g Gomega) {
			g.Expect(string(do(fileops.GetAttribute(full+"/attribute.txt", attribute))[0].Data)).To(Equal("value"))
		})
		claims.Get(ctx, "contract-population/copies-owners-and-modes").Holds(func(g Gomega) {
			g.Expect(owners(do, full, full+"/file.txt", full+"/program", full+"/sub", full+"/sub/deep.txt")).To(Equal([]string{
				"1000:1001 750", "1002:1003 640", "1004:1005 4755", "1006:1007 2711", "1008:1009 600"}))
		})
		claims.Get(ctx, "contract-population/copies-owner-of-empty-directory").Holds(func(g Gomega) {
			g.Expect(owners(do, empty)).To(ConsistOf("1010:1011 700"))
		})
		claims.Get(ctx, "contract-population/root-owned-without-image-directory").Holds(func(g Gomega) {
			g.Expect(owners(do, "/nothing")).To(ConsistOf("0:0 755"))
		})
		claims.Get(ctx, "contract-population/read-only-mount-copies").Holds(func(g Gomega) {
			g.Expect(container.Probe(ctx, probe.Read(more+"/more.txt"))).To(Print(text))
		})
	})

	It("stays empty with nocopy, and belongs to root", claims.Decides(
		"contract-population/nocopy-by-flag", "contract-population/nocopy-by-mount", "contract-population/nocopy-is-root-owned",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Start(ctx, image(ctx, box), box.Volume(ctx).At(full, "nocopy"), nocopy(box.Volume(ctx).Name, more))
		do := func(operations ...fileops.Operation) []fileops.Result { return container.DoFiles(ctx, operations...) }

		short, long := do(fileops.List(full))[0].Names, do(fileops.List(more))[0].Names
		owner := owners(do, full)
		claims.Get(ctx, "contract-population/nocopy-by-flag").Holds(func(g Gomega) { g.Expect(short).To(BeEmpty()) })
		claims.Get(ctx, "contract-population/nocopy-by-mount").Holds(func(g Gomega) { g.Expect(long).To(BeEmpty()) })
		claims.Get(ctx, "contract-population/nocopy-is-root-owned").Holds(func(g Gomega) { g.Expect(owner).To(ConsistOf(HavePrefix("0:0 "))) })
		if box.Facts().Name == "podman" {
			Expect(long).To(ConsistOf("more.txt"))
			Expect(owner).To(ConsistOf("1000:1001 750"))
		}
	})
})

// owners returns the owner, group and mode of each path, such as "0:0 755".
func owners(do func(...fileops.Operation) []fileops.Result, paths ...string) (all []string) {
	var stats []fileops.Operation
	for _, path := range paths {
		stats = append(stats, fileops.Status(path))
	}
	for _, result := range do(stats...) {
		if result.Stat == nil {
			all = append(all, result.String())
			continue
		}
		all = append(all, fmt.Sprintf("%d:%d %s", result.Stat.UID, result.Stat.GID, result.Stat.Mode))
	}
	return all
}
