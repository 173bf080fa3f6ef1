// Package readonly covers the contract's promises about read-only root file systems and
// read-only mounts.
package readonly

import (
	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/api"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A container with a read-only root file system", func() {
	It("can change only what is mounted", claims.Decides(
		"contract-readonly/root-file-system", "contract-readonly/tmp-and-run", "contract-readonly/volumes-stay-writable",
		"contract-readonly/binds-stay-writable", "contract-readonly/tmpfs-stays-writable",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		bound := engine.Mount{Type: "bind", Source: box.Volume(ctx).Inspect(ctx).Mountpoint, Target: "/bind"}
		container := box.Start(ctx, readOnlyRoot, sandbox.Image(imageWithRun(ctx, box)),
			box.Volume(ctx).At("/volume"), sandbox.Mount(bound), sandbox.Tmpfs("/tmpfs"))

		claims.Get(ctx, "contract-readonly/root-file-system").Holds(func(g Gomega) {
			g.Expect(container.DoFiles(ctx, changes("/app/file", probe.Seed+"/seed.txt")...)).To(refuse)
			g.Expect(container.DoFiles(ctx, fileops.Write("/file", "text"), fileops.Mkdir("/directory", 0o755))).To(refuse)
			g.Expect(container.DoFiles(ctx, fileops.Read(probe.Seed+"/seed.txt"))).To(beDone)
		})
		written := container.DoFiles(ctx, fileops.Write("/tmp/file", "text"), fileops.Write("/run/file", "text"), fileops.Write("/var/tmp/file", "text"))
		claims.Get(ctx, "contract-readonly/tmp-and-run").Holds(func(g Gomega) { g.Expect(written).To(refuse) })
		Expect(written).To(Or(refuse, beDone))
		for claim, paths := range map[string][]string{
			"contract-readonly/volumes-stay-writable": {"/volume"},
			"contract-readonly/binds-stay-writable":   {"/bind"},
			"contract-readonly/tmpfs-stays-writable":  {"/tmpfs", "/dev/shm"},
		} {
			claims.Get(ctx, claim).Holds(func(g Gomega) {
				for _, path := range paths {
					g.Expect(container.DoFiles(ctx, fileops.Write(path+"/file", "text"))).To(beDone, path)
				}
			})
		}
	})

	It("takes no copied files but in writable volumes", claims.Decides(
		"contract-readonly/cp-into-read-only-root", "contract-readonly/cp-into-read-only-volume",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		locked, open := box.Volume(ctx), box.Volume(ctx)
		container := box.Create(ctx, readOnlyRoot, locked.At("/locked", "ro"), open.At("/open"))
		targets := []string{"/app", "/locked", "/open"}

		created := copyIn(ctx, box, container, targets)
		container.Start(ctx)
		files := container.DoFiles(ctx, fileops.Read("/app/copied.txt"), fileops.Read("/locked/copied.txt"), fileops.Read("/open/copied.txt"))
		running := copyIn(ctx, box, container, targets)

		for i, claim := range []string{"contract-readonly/cp-into-read-only-root", "contract-readonly/cp-into-read-only-volume"} {
			claims.Get(ctx, claim).Holds(func(g Gomega) {
				g.Expect(created[i]).To(HaveField("Status", Not(Equal(200))))
				g.Expect(running[i]).To(HaveField("Status", Not(Equal(200))))
			})
			Expect(files[i].OK()).To(Equal(created[i].Status == 200))
			Expect(running[i]).To(HaveField("Status", Not(Equal(200))))
		}
		Expect([]int{created[2].Status, running[2].Status}).To(HaveEach(200))
		Expect(files[2].OK()).To(BeTrue())
	})
})

func readOnlyRoot(spec *engine.ContainerSpec) { spec.ReadOnlyRoot = true }

// beDone and refuse match the results of operations: all succeeded, or all failed because
// of a read-only file system.
var (
	beDone = HaveEach(HaveField("Errno", ""))
	refuse = HaveEach(HaveField("Errno", "EROFS"))
)

// changes returns operations that create, write, rename, remove or change a file.
func changes(created, existing string) []fileops.Operation {
	return []fileops.Operation{
		fileops.Write(created, "text"), fileops.AppendTo(existing, "text"), fileops.Rename(existing, existing+".new"),
		fileops.Chmod(existing, 0o600), fileops.Unlink(existing),
	}
}

// imageWithRun makes an image that has the directories /tmp, /run and /var/tmp.
func imageWithRun(ctx SpecContext, box *sandbox.Box) string {
	GinkgoHelper()
	container := box.Start(ctx)
	for _, made := range container.DoFiles(ctx, fileops.Mkdir("/run", 0o755), fileops.Mkdir("/var", 0o755), fileops.Mkdir("/var/tmp", 0o1777)) {
		Expect(made.Errno).To(BeElementOf("", "EEXIST"))
	}
	return api.Commit(ctx, box, container)
}
