package models

import (
	"strconv"
	"testing/fstest"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// The service mounts its models; the control does what the lesson warns of.
const building = `services:
  embedding-service:
    build: .
    command: hold
    network_mode: none
    volumes:
      - models-volume:/app/models
  control:
    build: {context: ., dockerfile: Dockerfile.control}
    command: hold
    network_mode: none
volumes:
  models-volume:
`

const (
	large = 256 << 20
	small = 1 << 20
)

var _ = Describe("A model that comes via a volume", Label("models", "compose"), func() {
	It("is not in the image, however large, and one that is copied is", claims.Decides("models/not-copied"), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		from := "FROM " + box.ProbeImage() + "\nCOPY app.py .\n"
		p := compose.FromFS(ctx, box, compose.Need(ctx, box), fstest.MapFS{
			"docker-compose.yaml": {Data: []byte(building)},
			"app.py":              {Data: []byte("print()\n")},
			"Dockerfile":          {Data: []byte(from)},
			"Dockerfile.control":  {Data: []byte(from + "COPY models " + folder + "\n")},
			"models/" + file:      {Data: make([]byte, small)},
		})
		p.Up(ctx)
		running := p.Service(ctx, service)
		Expect(running.Exec(ctx, probe.Fill(model, large))).To(Print(strconv.Itoa(large)))
		layer := running.Changes(ctx)

		p.Up(ctx, "--build")

		image, control := p.Service(ctx, service).Inspect(ctx).Image, p.Service(ctx, "control").Inspect(ctx).Image
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(p.Service(ctx, service).Exec(ctx, probe.Stat(model))).To(PrintJSON[probe.Status](HaveField("Size", int64(large))))
			g.Expect(box.ImageLayers(ctx, image)).To(HaveEach(BeNumerically("<", large/8)))
			g.Expect(box.Start(ctx, sandbox.Image(image)).Probe(ctx, probe.Stat(model))).To(FailWith(probe.ENOENT))
			g.Expect(layer).NotTo(ContainElement(HaveSuffix(file)), "nor is it in the container's layer")
		})
		Expect(box.ImageLayers(ctx, control)).To(ContainElement(BeNumerically(">=", small)))
		Expect(box.Start(ctx, sandbox.Image(control)).Probe(ctx, probe.Stat(model))).To(PrintJSON[probe.Status](HaveField("Size", int64(small))))
	})
})
