package binds

import (
	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"
	"github.com/holdfast/holdfast/scenarios/contract/internal/share"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A bind mount of a file", func() {
	It("shows the old file until the container starts again, after the host replaced it", claims.Decides(
		"contract-binds/replaced-file-is-stale", "contract-binds/replaced-file-after-restart",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		directory := box.LocalDir(ctx).Write("file", "old")
		container := started(ctx, box, directory.File("file"))

		directory.Replace("file", "new")

		claims.Get(ctx, "contract-binds/replaced-file-is-stale").Holds(func(g Gomega) {
			g.Expect(container).NotTo(BeNil())
			g.Expect(container.Probe(ctx, probe.Read("/data"))).To(Print("old"))
		})
		claims.Get(ctx, "contract-binds/replaced-file-after-restart").Holds(func(g Gomega) {
			g.Expect(container).NotTo(BeNil())
			container.Restart(ctx)
			g.Expect(container.Probe(ctx, probe.Read("/data"))).To(Print("new"))
		})
	})

	It("cannot be renamed or removed in the container", claims.Decides("contract-binds/mounted-file-cannot-be-renamed"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		directory := box.Dir(ctx).Write("file", "text").WorldWritable()
		container := box.Start(ctx, directory.File("file").At("/app/file"))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(container.DoFiles(ctx, fileops.Rename("/app/file", "/app/other"), fileops.Unlink("/app/file"))).To(HaveEach(HaveField("Errno", "EBUSY")))
			g.Expect(container.Probe(ctx, probe.Read("/app/file"))).To(Print("text"))
		})
		Expect(directory.Read("file")).To(Print("text"))
	})

	It("over a file that the engine writes keeps its owner and contents", claims.Decides("contract-binds/network-files-not-chowned"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		directory := box.Dir(ctx)
		options := []sandbox.Option{sandbox.Network("none")}
		for _, name := range []string{"hosts", "hostname", "resolv.conf"} {
			directory.Write(name, "of the host\n")
			box.Host().DoFiles(fileops.Chown(directory.File(name).Path, 1234, 1234)) // without root's rights the files belong to the user
			options = append(options, directory.File(name).At("/etc/"+name))
		}
		before := directory.State()
		owner := status(box, directory, "hosts").Stat.UID

		container := box.Start(ctx, options...)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(directory.State()).To(Equal(before))
			for _, name := range []string{"hosts", "hostname", "resolv.conf"} {
				g.Expect(status(box, directory, name)).To(HaveField("Stat.UID", owner))
				g.Expect(container.Probe(ctx, probe.Read("/etc/"+name))).To(Print("of the host"))
			}
		})
	})
})

var _ = Describe("A read-only bind mount", func() {
	It("refuses every change, and shows what the host writes", claims.Decides(
		"contract-binds/read-only-refuses-every-change", "contract-binds/read-only-in-inspect", "contract-binds/tmpfs-below-read-only-is-writable",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		directory := box.Dir(ctx).Write("file", "text").Mkdir("below").WorldWritable()
		container := box.Start(ctx, directory.At("/data", "ro"), sandbox.Tmpfs("/data/below"))

		claims.Get(ctx, "contract-binds/read-only-refuses-every-change").Holds(func(g Gomega) {
			g.Expect(container.DoFiles(ctx, fileops.Write("/data/new", "text"), fileops.Mkdir("/data/directory", 0o755), fileops.AppendTo("/data/file", "more"),
				fileops.Rename("/data/file", "/data/other"), fileops.Unlink("/data/file"), fileops.Chmod("/data/file", 0o600))).To(refuse)
			g.Expect(directory.Read("file")).To(Print("text"))
		})
		claims.Get(ctx, "contract-binds/read-only-in-inspect").Holds(func(g Gomega) {
			g.Expect(container.Inspect(ctx).Mounts).To(ContainElement(And(HaveField("Target", "/data"), HaveField("ReadWrite", false))))
		})
		claims.Get(ctx, "contract-binds/tmpfs-below-read-only-is-writable").Holds(func(g Gomega) {
			g.Expect(container.DoFiles(ctx, fileops.Write("/data/below/file", "text"))).To(beDone)
		})
		Expect(directory.State()).NotTo(HaveKey("below/file"))
	})

	It("shows what the host writes", claims.Decides("contract-binds/host-writes-into-read-only"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		directory := box.LocalDir(ctx)
		one, other := started(ctx, box, directory), started(ctx, box, directory)

		directory.Write("file", "from the host")

		claims.Holds(ctx, func(g Gomega) {
			for _, container := range []*sandbox.Container{one, other} {
				g.Expect(container).NotTo(BeNil())
				g.Expect(container.Probe(ctx, probe.Read("/data/file"))).To(Print("from the host"))
			}
		})
	})
})

// started starts a container with a read-only bind mount at /data. It returns nil if the
// engine does not have the source because it does not share this machine's files.
func started(ctx SpecContext, box *sandbox.Box, source *sandbox.Dir) *sandbox.Container {
	GinkgoHelper()
	mount := share.Bind(source, "/data")
	mount.ReadOnly = true
	return share.Mounted(ctx, box, mount)
}
