// Package binds covers the contract's promises about bind mounts.
package binds

import (
	"path/filepath"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/api"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// seedFile is a file of the image.
const seedFile = probe.Seed + "/seed.txt"

// beDone and refuse match the results of operations: all succeeded, or all failed because
// of a read-only file system.
var (
	beDone = HaveEach(HaveField("Errno", ""))
	refuse = HaveEach(HaveField("Errno", "EROFS"))
)

var _ = Describe("The missing source of a bind mount", func() {
	It("is created as a directory by -v", claims.Decides(
		"contract-binds/flag-creates-missing-source", "contract-binds/created-source-belongs-to-root", "contract-binds/missing-file-becomes-directory",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		directory := box.Dir(ctx)
		box.Start(ctx, directory.File("missing").At("/one"), directory.File("missing.json").At("/other"))

		claims.Get(ctx, "contract-binds/flag-creates-missing-source").Holds(func(g Gomega) {
			g.Expect(status(box, directory, "missing")).To(beDirectory)
		})
		claims.Get(ctx, "contract-binds/missing-file-becomes-directory").Holds(func(g Gomega) {
			g.Expect(status(box, directory, "missing.json")).To(beDirectory)
		})
		created := status(box, directory, "missing")
		claims.Get(ctx, "contract-binds/created-source-belongs-to-root").Holds(func(g Gomega) {
			g.Expect(created).To(And(HaveField("Stat.UID", 0), HaveField("Stat.GID", 0), HaveField("Stat.Mode", "755")))
			g.Expect(directory.State()).To(HaveLen(3), "the directory and two empty ones")
		})
		Expect(created).To(HaveField("Stat.UID", box.Facts().RootUser))
	})

	It("is created by --mount on request only", claims.Decides(
		"contract-binds/mount-refuses-missing-source", "contract-binds/mount-creates-nothing", "contract-binds/create-mountpoint",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		directory := box.Dir(ctx)
		mount := func(name string, options api.Object) engine.Reply {
			reply, container := api.Create(ctx, box, api.Object{"Mounts": []api.Object{
				{"Type": "bind", "Source": filepath.Join(directory.Path, name), "Target": "/data", "BindOptions": options}}})
			if container != nil {
				container.Start(ctx)
			}
			return reply
		}

		reply := mount("missing", api.Object{})

		claims.Get(ctx, "contract-binds/mount-refuses-missing-source").Holds(func(g Gomega) { g.Expect(reply).To(HaveField("Status", 400)) })
		missing := status(box, directory, "missing")
		claims.Get(ctx, "contract-binds/mount-creates-nothing").Holds(func(g Gomega) { g.Expect(missing).To(HaveField("Errno", "ENOENT")) })
		Expect(missing.OK()).To(Equal(reply.Status == 201))
		requested := mount("requested", api.Object{"CreateMountpoint": true})
		claims.Get(ctx, "contract-binds/create-mountpoint").Holds(func(g Gomega) {
			g.Expect(requested).To(HaveField("Status", 201))
			g.Expect(status(box, directory, "requested")).To(beDirectory)
		})
		Expect(requested.Status).To(BeElementOf(201, 400))
	})

	It("stays as a directory if the container does not start for it", claims.Decides(
		"contract-binds/directory-onto-file-fails-to-start", "contract-binds/failed-start-leaves-the-directory",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		directory := box.Dir(ctx)

		err := box.Try(func() { box.Start(ctx, directory.File("missing.txt").At(seedFile)) })

		claims.Get(ctx, "contract-binds/directory-onto-file-fails-to-start").Holds(func(g Gomega) { g.Expect(err).To(MatchError(ContainSubstring("starting container"))) })
		claims.Get(ctx, "contract-binds/failed-start-leaves-the-directory").Holds(func(g Gomega) {
			g.Expect(err).To(HaveOccurred())
			g.Expect(status(box, directory, "missing.txt")).To(beDirectory)
		})
	})

	It("is refused if it is relative", Label("quick"), claims.Decides("contract-binds/relative-source-refused"), func(ctx SpecContext) {
		box := sandbox.New(ctx)

		reply, _ := api.Create(ctx, box, api.Object{"Mounts": []api.Object{{"Type": "bind", "Source": "relative/path", "Target": "/data"}}})

		claims.Holds(ctx, func(g Gomega) { g.Expect(reply).To(HaveField("Status", 400)) })
		Expect(reply.Status).To(BeElementOf(400, 500))
	})
})

var _ = Describe("A bind mount whose source has been deleted", func() {
	It("keeps a container of --mount from starting, but not from being removed", claims.Decides(
		"contract-binds/vanished-source-fails-to-start", "contract-binds/removable-without-source",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		directory := box.Dir(ctx).Mkdir("source")
		container := box.Start(ctx, sandbox.Mount(engine.Mount{Type: "bind", Source: directory.File("source").Path, Target: "/data"}))
		container.Stop(ctx)
		directory.Remove("source")

		claims.Get(ctx, "contract-binds/vanished-source-fails-to-start").Holds(func(g Gomega) {
			g.Expect(box.Try(func() { container.Start(ctx) })).To(HaveOccurred())
			g.Expect(container.Inspect(ctx)).NotTo(HaveField("State", "running"))
		})
		claims.Get(ctx, "contract-binds/removable-without-source").Holds(func(g Gomega) {
			g.Expect(box.Try(func() { container.Remove(ctx) })).To(Succeed())
			g.Expect(container.Exists(ctx)).To(BeFalse())
		})
	})

	It("is created again by -v", claims.Decides("contract-binds/vanished-source-recreated-by-flag"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		directory := box.Dir(ctx).Mkdir("source")
		container := box.Start(ctx, directory.File("source").At("/data"))
		container.Stop(ctx)
		directory.Remove("source")

		err := box.Try(func() { container.Start(ctx) })

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(container.DoFiles(ctx, fileops.List("/data"))).To(HaveExactElements(And(HaveField("Errno", ""), HaveField("Names", BeEmpty()))))
			g.Expect(status(box, directory, "source")).To(beDirectory)
		})
		Expect(status(box, directory, "source").OK()).To(Equal(err == nil))
	})
})

var beDirectory = HaveField("Stat.Type", "directory")

// status returns the status of an entry of a directory on the host.
func status(box *sandbox.Box, directory *sandbox.Dir, name string) fileops.Result {
	return box.Host().DoFiles(fileops.Status(filepath.Join(directory.Path, name)))[0]
}
