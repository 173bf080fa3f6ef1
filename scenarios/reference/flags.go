package reference

import (
	"strconv"

	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// mebibyte is what `size=1m` stands for.
const mebibyte = 1 << 20

var _ = Describe("docker run", Label("reference"), func() {
	It("-v NAME:PATH attaches the volume of that name", claims.Decides("reference/attach-a-volume"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		volume, image := named(box), box.ProbeImage()
		create(ctx, box, volume)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(run(ctx, box, "-v", volume.Name+":/app/data", image, "write", "/app/data/model.bin", "weights")).To(ExitZero())
			g.Expect(run(ctx, box, "-v", volume.Name+":/elsewhere", image, "read", "/elsewhere/model.bin")).To(Print("weights"))
		})
	})

	It("-v HOST:PATH mounts the host's folder", claims.Decides("reference/bind-mount"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write("code.py", "from the host").WorldWritable()

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(run(ctx, box, "-v", folder.Path+":/app", box.ProbeImage(), "append", "/app/code.py", ", and from inside")).To(ExitZero())
			g.Expect(folder.Read("code.py")).To(Print("from the host, and from inside"))
		})
	})

	It("-v PATH:ro mounts read-only", claims.Decides("reference/read-only-flag"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx)

		typed := run(ctx, box, "-v", folder.Path+":ro", box.ProbeImage(), "mounts", folder.Path)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(typed).To(PrintJSON[probe.MountInfo](HaveField("Options", HavePrefix("ro"))))
		})
	})

	It("-v PATH:ro is refused: ro is no path", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx)

		typed := run(ctx, box, "-v", folder.Path+":ro", box.ProbeImage(), "list", "/")

		Expect(typed).NotTo(ExitZero())
		Expect(typed.Stderr).To(ContainSubstring("invalid"))
	})

	It("-v HOST:PATH:ro mounts read-only", claims.Decides("reference/read-only-mount"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		folder := box.Dir(ctx).Write("config.json", "{}").WorldWritable()
		mount := folder.File("config.json").Path + ":/app/config.json"

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(run(ctx, box, "-v", mount+":ro", box.ProbeImage(), "read", "/app/config.json")).To(Print("{}"))
			g.Expect(run(ctx, box, "-v", mount+":ro", box.ProbeImage(), "overwrite", "/app/config.json", "[]")).To(FailWith(probe.EROFS))
			g.Expect(folder.Read("config.json")).To(Print("{}"))
		})
		Expect(run(ctx, box, "-v", mount, box.ProbeImage(), "overwrite", "/app/config.json", "[]")).To(ExitZero())
	})

	It("--tmpfs PATH mounts a tmpfs", claims.Decides("reference/tmpfs-mount"), func(ctx SpecContext) {
		box := sandbox.New(ctx)

		typed := run(ctx, box, "--tmpfs", "/run/secrets", box.ProbeImage(), "mounts", "/run/secrets")

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(typed).To(PrintJSON[probe.MountInfo](And(HaveField("Type", "tmpfs"), HaveField("SuperOptions", Not(ContainSubstring("size="))))))
		})
	})

	It("--tmpfs PATH:size=1m limits the size", claims.Decides("reference/tmpfs-size"), func(ctx SpecContext) {
		box := sandbox.New(ctx)

		filled := run(ctx, box, "--tmpfs", "/scratch:size=1m", box.ProbeImage(), "fill", "/scratch/full", strconv.Itoa(mebibyte+1))

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(filled).To(FailWith(probe.ENOSPC))
			g.Expect(filled.Stdout).To(Equal(strconv.Itoa(mebibyte) + "\n"))
		})
	})

	It("--tmpfs /tmp:size=512m gives 512 MiB", func(ctx SpecContext) {
		box := sandbox.New(ctx)

		typed := run(ctx, box, "--tmpfs", "/tmp:size=512m", box.ProbeImage(), "statfs", "/tmp")

		Expect(typed).To(PrintJSON[probe.FileSystem](And(HaveField("Type", probe.TmpfsMagic), HaveField("Bytes", BeEquivalentTo(512*mebibyte)))))
	})
})
