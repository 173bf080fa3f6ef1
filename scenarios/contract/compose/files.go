package compose

import (
	"path/filepath"
	"time"

	"github.com/holdfast/holdfast/fixtures/images/probe/fileops"
	"github.com/holdfast/holdfast/helpers/claims"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// patience is how long Compose may take to copy a changed file.
const patience = 5 * time.Second

const missingSources = `
services:
  app:
    SERVICE
    volumes:
      - ./short:/short
      - {type: bind, source: ./long, target: /long, bind: {create_host_path: true}}
`

const strict = `
services:
  app:
    SERVICE
    volumes:
      - {type: bind, source: ./missing, target: /missing, bind: {create_host_path: false}}
`

const mountedFiles = `
services:
  app:
    SERVICE
    configs: [{source: settings, target: /etc/settings.txt}]
    secrets: [token]
configs:
  settings: {file: ./settings.txt}
secrets:
  token: {file: ./token.txt}
`

// copied has a build section, which older versions of Compose watch only services with. The
// image exists, so that nothing is built.
const copied = `
services:
  app:
    SERVICE
    build: .
    volumes: [data:/data]
    develop:
      watch:
        - {action: sync, path: ./web, target: /web}
volumes:
  data:
`

var _ = Describe("A bind mount of a Compose project", func() {
	It("creates its missing source", claims.Decides("contract-compose/creates-host-path"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := newProject(ctx, box, missingSources)

		container := start(ctx, p)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(filepath.Join(p.Dir.Path, "short")).To(BeADirectory())
			g.Expect(filepath.Join(p.Dir.Path, "long")).To(BeADirectory())
			g.Expect(container.ExecFiles(ctx, fileops.List("/short"), fileops.List("/long"))).To(HaveEach(beDone))
		})
	})

	It("fails with create_host_path: false", claims.Decides("contract-compose/create-host-path-false"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := newProject(ctx, box, strict)

		up := p.Try(ctx, "up", "-d")

		source := filepath.Join(p.Dir.Path, "missing")
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(up).NotTo(ExitZero())
			g.Expect(source).NotTo(BeAnExistingFile())
		})
		if up.ExitCode == 0 {
			Expect(source).To(BeADirectory())
		}
	})
})

var _ = Describe("A config and a secret of a Compose project", func() {
	It("are mounted from their files, the config read-only", claims.Decides(
		"contract-compose/config-file", "contract-compose/secret-file",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := newProject(ctx, box, mountedFiles)
		p.Dir.Write("settings.txt", "settings").Write("token.txt", "token").WorldWritable()
		container := start(ctx, p)

		claims.Get(ctx, "contract-compose/config-file").Holds(func(g Gomega) {
			g.Expect(container.Exec(ctx, probe.Read("/etc/settings.txt"))).To(Print("settings"))
			g.Expect(container.ExecFiles(ctx, fileops.AppendTo("/etc/settings.txt", text))).To(HaveEach(beReadOnly))
		})
		claims.Get(ctx, "contract-compose/secret-file").Holds(func(g Gomega) {
			g.Expect(container.Exec(ctx, probe.Read("/run/secrets/token"))).To(Print("token"))
		})
	})
})

var _ = Describe("Compose copies files", func() {
	It("to a service by watch, and both ways by cp", claims.Decides(
		"contract-compose/watch-sync", "contract-compose/cp",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := newProject(ctx, box, copied)
		p.Dir.Mkdir("web").Write("page.txt", "first")
		p.Dir.Write("in.txt", "in")
		container := start(ctx, p)

		var synced []fileops.Result
		p.Watch(ctx, func() {
			p.Dir.Write("web/page.txt", "second")
			synced = container.ExecFiles(ctx, fileops.Await("/web/page.txt", "second", patience))
		})
		claims.Get(ctx, "contract-compose/watch-sync").Holds(func(g Gomega) {
			g.Expect(synced).To(HaveEach(beDone))
			g.Expect(container.Inspect(ctx).Mounts).NotTo(ContainElement(HaveField("Type", "bind")))
		})

		claims.Get(ctx, "contract-compose/cp").Holds(func(g Gomega) {
			g.Expect(p.Try(ctx, "cp", "in.txt", "app:/data/file")).To(ExitZero())
			g.Expect(container.Exec(ctx, probe.Read("/data/file"))).To(Print("in"))
			write(ctx, container, "/data/file")
			g.Expect(p.Try(ctx, "cp", "app:/data/file", "out.txt")).To(ExitZero())
			g.Expect(p.Dir.Read("out.txt").Stdout).To(Equal(text))
		})
	})
})
