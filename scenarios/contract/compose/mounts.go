package compose

import (
	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
)

const mebibyte = 1 << 20

const mounts = `
services:
  app:
    SERVICE
    read_only: true
    volumes:
      - data:/data
      - merged:/merged
      - {type: tmpfs, target: /long, tmpfs: {size: 1m, mode: 0750}}
      - {type: volume, source: empty, target: ` + probe.Seed + `, volume: {nocopy: true}}
    tmpfs: ["/short:size=1m,mode=710"]
volumes:
  data:
  empty:
  merged:
`

const merging = `
services:
  app:
    volumes:
      - {type: tmpfs, target: /merged}
`

const borrowing = `
services:
  app:
    SERVICE
    volumes: [one:/one, /two]
  writer:
    SERVICE
    volumes_from: [app]
  reader:
    SERVICE
    volumes_from: [app:ro]
volumes:
  one:
`

const subpath = `
services:
  app:
    SERVICE
    volumes:
      - {type: volume, source: whole, target: /part, volume: {subpath: below}}
volumes:
  whole: {external: true, name: "${WHOLE}"}
`

var _ = Describe("A service of a Compose project", func() {
	It("has its tmpfs mounts, a read-only root file system, and volumes as they are described", claims.Decides(
		"contract-compose/tmpfs-short", "contract-compose/tmpfs-long", "contract-compose/read-only-service", "contract-compose/nocopy",
		"contract-compose/merge-by-target",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		container := start(ctx, newProject(ctx, box, mounts, merging))

		found := container.ExecFiles(ctx, fileops.FreeSpace("/short"), fileops.Status("/short"), fileops.FreeSpace("/long"), fileops.Status("/long"),
			fileops.Write("/file", text), fileops.Write("/data/file", text), fileops.List(probe.Seed), fileops.FreeSpace("/merged"))

		claims.Get(ctx, "contract-compose/tmpfs-short").Holds(func(g Gomega) { g.Expect(found[:2]).To(beTmpfs(mebibyte, "710")) })
		claims.Get(ctx, "contract-compose/tmpfs-long").Holds(func(g Gomega) { g.Expect(found[2:4]).To(beTmpfs(mebibyte, "750")) })
		claims.Get(ctx, "contract-compose/read-only-service").Holds(func(g Gomega) {
			g.Expect(found[4:6]).To(HaveExactElements(beReadOnly, beDone))
		})
		claims.Get(ctx, "contract-compose/nocopy").Holds(func(g Gomega) { g.Expect(found[6]).To(And(beDone, HaveField("Names", BeEmpty()))) })
		Expect(found[6].Names).To(Or(BeEmpty(), ConsistOf("seed.txt")))
		claims.Get(ctx, "contract-compose/merge-by-target").Holds(func(g Gomega) {
			g.Expect(found[7]).To(HaveField("FS.Type", probe.TmpfsMagic))
		})
	})

	It("has all volumes of the services in volumes_from, read-only with :ro", claims.Decides(
		"contract-compose/volumes-from", "contract-compose/volumes-from-read-only",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := newProject(ctx, box, borrowing)
		write(ctx, start(ctx, p), "/one/file", "/two/file")

		read := []fileops.Operation{fileops.Read("/one/file"), fileops.Read("/two/file")}
		change := []fileops.Operation{fileops.Write("/one/new", text), fileops.Write("/two/new", text)}
		writer, reader := p.Service(ctx, "writer"), p.Service(ctx, "reader")
		changed := reader.ExecFiles(ctx, change...)

		claims.Get(ctx, "contract-compose/volumes-from-read-only").Holds(func(g Gomega) { g.Expect(changed).To(HaveEach(beReadOnly)) })
		claims.Get(ctx, "contract-compose/volumes-from").Holds(func(g Gomega) {
			g.Expect(writer.ExecFiles(ctx, read...)).To(HaveEach(HaveField("Data", BeEquivalentTo(text))))
			g.Expect(reader.ExecFiles(ctx, read...)).To(HaveEach(HaveField("Data", BeEquivalentTo(text))))
			g.Expect(writer.ExecFiles(ctx, change...)).To(HaveEach(beDone))
		})
		Expect(changed).To(Or(HaveEach(beDone), HaveEach(beReadOnly)))
	})

	It("mounts one directory of a volume", claims.Decides("contract-compose/subpath"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		whole := box.Volume(ctx)
		box.RunFiles(ctx, []fileops.Operation{fileops.Mkdir("/whole/below", 0o755), fileops.Write("/whole/below/file", text)}, whole.At("/whole"))
		container := start(ctx, newProject(ctx, box, subpath).Setenv("WHOLE", whole.Name))

		names := container.ExecFiles(ctx, fileops.List("/part"))[0].Names

		claims.Holds(ctx, func(g Gomega) { g.Expect(names).To(ConsistOf("file")) })
		Expect(names).To(Or(ConsistOf("file"), ConsistOf("below")))
	})
})

// beTmpfs matches the results of FreeSpace and Status of a tmpfs.
func beTmpfs(size int64, mode string) types.GomegaMatcher {
	return HaveExactElements(
		And(HaveField("FS.Type", probe.TmpfsMagic), HaveField("FS.Total", size)),
		HaveField("Stat.Mode", mode))
}
