package sources

import (
	"context"
	"testing/fstest"

	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

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

var _ = Describe("The lesson's ports, taken by another program on the engine's host", Label("sources", "compose"), func() {
	It("keep no project from running", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		box.NeedsDisposable("it takes ports 8000 and 6333 of the engine's host")
		if box.Facts().Rootless {
			Skip("a rootless engine's containers cannot take ports of its host by themselves")
		}
		program := box.Start(ctx, sandbox.Network("host"), sandbox.HostUsers())
		for _, port := range []int{8000, 6333} {
			program.Watch(ctx, probe.Serve(port, probe.Seed))
		}
		for _, port := range []string{"8000", "6333"} {
			// Whoever listens: where somebody had the port before, ours cannot take it.
			Eventually(ctx, listens).WithArguments(box, port).Within(soon).Should(Succeed())
		}
		p := compose.FromFS(ctx, box, compose.Need(ctx, box), fstest.MapFS{"compose.yaml": {Data: []byte(busy)}})

		p.Up(ctx)

		await(ctx, box, p, "api", 8000, probe.Seed+"/seed.txt", probe.SeedText)
		await(ctx, box, p, "qdrant", 6333, probe.Seed+"/seed.txt", probe.SeedText)
	})
})

// listens dials a port of the engine's host.
func listens(ctx context.Context, box *sandbox.Box, port string) error {
	conn, err := box.Engine().Dial(ctx, port)
	if err != nil {
		return err
	}
	return conn.Close()
}
