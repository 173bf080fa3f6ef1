// Package ownership covers the contract's promises about owners and groups.
package ownership

import (
	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/images"
	"github.com/holdfast/holdfast/scenarios/contract/internal/share"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// denied matches the results of operations that the user may not do.
var denied = HaveEach(HaveField("Errno", "EACCES"))

var _ = Describe("A user who is not root", Label("files"), func() {
	It("can write to a new volume over a directory of the user only", claims.Decides(
		"contract-ownership/volume-over-a-users-directory", "contract-ownership/volume-over-nothing",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		image := images.WithFiles(ctx, box, images.Directory("/home", 0o755, 1000))
		container := box.Start(ctx, sandbox.Image(image), user("1000"), box.Volume(ctx).At("/home"), box.Volume(ctx).At("/nothing"))

		covering, plain := container.DoFiles(ctx, fileops.Write("/home/file", "text")), container.DoFiles(ctx, fileops.Write("/nothing/file", "text"))

		claims.Get(ctx, "contract-ownership/volume-over-a-users-directory").Holds(func(g Gomega) { g.Expect(covering).To(share.BeDone) })
		claims.Get(ctx, "contract-ownership/volume-over-nothing").Holds(func(g Gomega) { g.Expect(plain).To(denied) })
		if box.Facts().Name == "podman" {
			Expect(plain).To(share.BeDone)
		}
	})

	It("cannot write to a directory that only the image's VOLUME names", claims.Decides("contract-ownership/volume-instruction-ignores-user"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := box.Start(ctx, sandbox.Image(images.WithUser(ctx, box, "1000", "/declared")))

		results := container.DoFiles(ctx, fileops.Status("/declared"), fileops.Write("/declared/file", "text"))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(results[0].Stat).To(And(HaveField("UID", 0), HaveField("GID", 0)))
			g.Expect(results[1:]).To(denied)
		})
		if box.Facts().Name == "podman" {
			Expect(results).To(share.BeDone)
			Expect(results[0].Stat).To(HaveField("UID", 1000))
		}
	})

	It("can write to a volume of a group that --group-add names", claims.Decides("contract-ownership/group-add"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		image := images.WithFiles(ctx, box, images.Directory("/group", 0o770, 1999)) // of group 2000
		container := box.Start(ctx, sandbox.Image(image), user("1234:1234"), box.Volume(ctx).At("/group"), func(spec *engine.ContainerSpec) { spec.GroupAdd = []string{"2000"} })

		claims.Holds(ctx, func(g Gomega) {
			results := container.DoFiles(ctx, fileops.Status("/group"), fileops.Write("/group/file", "text"), fileops.Status("/group/file"))
			g.Expect(results).To(share.BeDone)
			g.Expect(results[0].Stat).To(And(HaveField("UID", 1999), HaveField("GID", 2000), HaveField("Mode", "770")))
			g.Expect(results[2].Stat).To(HaveField("UID", 1234))
		})
	})
})

var _ = Describe("A file in a directory with the setgid bit", Label("files"), func() {
	It("belongs to the directory's group", claims.Decides("contract-ownership/setgid-directory"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		shared := share.Start(ctx, box, 1, sandbox.Tmpfs("/tmpfs"))

		claims.Holds(ctx, func(g Gomega) {
			for _, directory := range append([]string{"/setgid", "/tmpfs/setgid"}, shared.Files("setgid")...) {
				file := directory + "/file"
				results := shared.All[0].DoFiles(ctx, fileops.Mkdir(directory, 0o755), fileops.Chown(directory, 0, 2000), fileops.Chmod(directory, 0o2777),
					fileops.Write(file, "text").By(1000, 1001), fileops.Status(file))
				g.Expect(results).To(share.BeDone, directory)
				g.Expect(results[4].Stat).To(HaveField("GID", 2000), directory)
			}
		})
	})
})

var _ = Describe("A tmpfs mount with uid and gid", Label("files"), func() {
	It("belongs to that user and group", claims.Decides("contract-ownership/tmpfs-uid-and-gid"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		var status []fileops.Result

		err := box.Try(func() {
			status = box.Start(ctx, sandbox.Tmpfs("/tmpfs", "uid=1000", "gid=1001")).DoFiles(ctx, fileops.Status("/tmpfs"))
		})

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(status).To(HaveExactElements(HaveField("Stat", And(HaveField("UID", 1000), HaveField("GID", 1001)))))
		})
		if box.Facts().Name == "podman" {
			Expect(err).To(MatchError(ContainSubstring("uid=1000")))
		}
	})
})

func user(name string) sandbox.Option { return func(spec *engine.ContainerSpec) { spec.User = name } }
