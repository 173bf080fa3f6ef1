package sources

import (
	"context"
	"path/filepath"
	"testing/fstest"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The lesson's compose file with two bind mounts", Label("sources", "compose"), func() {
	It("mounts ./src and ./data, publishes the port and sets the variable", claims.Decides(
		"sources/compose-file", "sources/mounts-src", "sources/mounts-data", "sources/publishes-the-port", "sources/sets-the-variable",
	), func(ctx SpecContext) {
		box, p := serving(ctx)
		model, err := p.Model(ctx)
		Expect(err).NotTo(HaveOccurred())

		p.Up(ctx)

		claims.Get(ctx, "sources/compose-file", "sources/mounts-src", "sources/mounts-data").Holds(func(g Gomega) {
			running := p.Service(ctx, service)
			g.Expect(p.Compare(ctx)).To(BeEmpty())
			g.Expect(running.Inspect(ctx).Mounts).To(ConsistOf(bound(p, "src", "/app/src"), bound(p, "data", "/app/data")))
			g.Expect(running.Exec(ctx, probe.Read("/app/src/main.txt"))).To(Print("first"))
		})
		claims.Get(ctx, "sources/publishes-the-port").Holds(func(g Gomega) {
			g.Expect(model.Services[service].Ports).To(ConsistOf(And(HaveField("Target", uint32(8000)), HaveField("Published", "8000"))))
			port, err := p.TryPort(ctx, service, 8000)
			g.Expect(err).NotTo(HaveOccurred())
			g.Eventually(ctx, box.Get).WithArguments(port, "/main.txt").Within(soon).Should(Equal("first\n"))
		})
		claims.Get(ctx, "sources/sets-the-variable").Holds(func(g Gomega) {
			g.Expect(p.Service(ctx, service).Exec(ctx, probe.Read("/proc/1/environ")).Stdout).To(MatchRegexp(`(^|\x00)DEBUG=true\x00`))
		})
	})

	It("creates a missing ./data on the host", func(ctx SpecContext) {
		_, p := lessons(ctx, `["hold"]`)
		Expect(p.Dir.State()).NotTo(HaveKey("data"))

		p.Up(ctx)

		Expect(p.Dir.State()).To(HaveKeyWithValue("data", HavePrefix("d")))
	})

	It("is refused with create_host_path: false and no ./data, except on Podman", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := compose.FromFS(ctx, box, compose.Need(ctx, box), fstest.MapFS{"compose.yaml": {Data: []byte(`services:
  app:
    image: ${HOLDFAST_PROBE}
    command: hold
    network_mode: none
    volumes:
      - {type: bind, source: ./data, target: /app/data, bind: {create_host_path: false}}
`)}})

		answer := p.Try(ctx, "up", "-d")

		if box.Facts().Name == "podman" { // its Docker API always creates the source of a bind mount
			Expect(answer).To(ExitZero())
			Expect(p.Dir.State()).To(HaveKeyWithValue("data", HavePrefix("d")))
			return
		}
		Expect(answer.ExitCode).NotTo(BeZero())
		Expect(answer.Stderr).To(ContainSubstring("does not exist"))
		Expect(p.Dir.State()).NotTo(HaveKey("data"))
	})

	It("resolves the paths of a second file against the project's directory", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := compose.FromFS(ctx, box, compose.Need(ctx, box), fstest.MapFS{
			"compose.yaml":            {Data: []byte("services:\n  app:\n    image: ${HOLDFAST_PROBE}\n    command: hold\n    network_mode: none\n    volumes: [./src:/app/src]\n")},
			"deploy/development.yaml": {Data: []byte("services:\n  app:\n    volumes: [./data:/app/data]\n")},
			"src/main.txt":            {Data: []byte("source")},
			"data/main.txt":           {Data: []byte("the project's")},
			"deploy/data/main.txt":    {Data: []byte("the second file's")},
		}, "compose.yaml", "deploy/development.yaml")

		p.Up(ctx)

		Expect(p.Compare(ctx)).To(BeEmpty())
		Expect(p.Service(ctx, service).Exec(ctx, probe.Read("/app/data/main.txt"))).To(Print("the project's"))
	})
})

// bound matches a writable bind mount of a directory of the project.
func bound(p *compose.Project, folder, target string) OmegaMatcher {
	return And(HaveField("Type", types.VolumeTypeBind), HaveField("ReadWrite", true), HaveField("Target", target),
		HaveField("Source", HaveSuffix(filepath.ToSlash(filepath.Join(filepath.Base(p.Dir.Path), folder)))))
}

// busy is a project with both of the lesson's ports.
const busy = `services:
  api:
    image: ${HOLDFAST_PROBE}
    command: serve 8000 /
    ports: ["8000:8000"]
  qdrant:
    image: ${HOLDFAST_PROBE}
    command: serve 6333 /
    ports: ["6333:6333"]
`

var _ = Describe("The lesson's ports, in use on the engine's host,", Label("sources", "compose"), func() {
	It("do not keep a project from running", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.NeedsDisposable("it takes ports 8000 and 6333 of the engine's host")
		if box.Facts().Rootless {
			Skip("the containers of a rootless engine cannot listen on ports of the host")
		}
		program := box.Start(ctx, sandbox.Network("host"), sandbox.HostUsers())
		for _, port := range []int{8000, 6333} {
			serving, err := box.Engine().Watch(ctx, program.ID, probe.Serve(port, probe.Seed).Argv())
			Expect(err).NotTo(HaveOccurred())
			DeferCleanup(serving.Close)
		}
		for _, port := range []string{"8000", "6333"} {
			// Another program may have had the port before, which keeps ours from it.
			Eventually(ctx, listens).WithArguments(box, port).Within(soon).Should(Succeed())
		}
		p := compose.FromFS(ctx, box, compose.Need(ctx, box), fstest.MapFS{"compose.yaml": {Data: []byte(busy)}})

		p.Up(ctx)

		await(ctx, box, p, "api", 8000, probe.Seed+"/seed.txt", probe.SeedText)
		await(ctx, box, p, "qdrant", 6333, probe.Seed+"/seed.txt", probe.SeedText)
	})
})

// listens dials a port on the engine's host.
func listens(ctx context.Context, box *sandbox.Box, port string) error {
	conn, err := box.Engine().Dial(ctx, port)
	if err != nil {
		return err
	}
	return conn.Close()
}
