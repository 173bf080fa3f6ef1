// Package models covers large model files, which a named volume holds instead of the
// image, and which are there before the service starts.
package models

import (
	"context"
	"strings"
	"testing/fstest"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/engine"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// The lesson's service, volume, directory and file; weights stands for the 2 GB.
const (
	service = "embedding-service"
	volume  = "models-volume"
	folder  = "/app/models"
	file    = "embedding-model.bin"
	model   = folder + "/" + file
	weights = "weights"
)

// storing is the lesson's project without Python. VOLUME stands for the volume's key.
const storing = `services:
  embedding-service:
    image: ${HOLDFAST_PROBE}
    command: hold
    network_mode: none
    volumes:
      - VOLUME:/app/models    # Named volume for 2GB model
volumes:
  VOLUME:
    driver: local
`

// listing is a service that lists its directory and ends.
const listing = `services:
  embedding-service:
    image: ${HOLDFAST_PROBE}
    command: list /app/models
    volumes:
      - models-volume:/app/models
volumes:
  models-volume:
    driver: local
`

// project returns a project with the compose file, and a model on the host.
func project(ctx context.Context, box *sandbox.Box, text string) *compose.Project {
	GinkgoHelper()
	return compose.FromFS(ctx, box, compose.Need(ctx, box), fstest.MapFS{
		"docker-compose.yaml": {Data: []byte(text)},
		"downloads/" + file:   {Data: []byte(weights)},
	})
}

// load copies the model from the host into the volume of an existing service.
func load(ctx context.Context, p *compose.Project) {
	GinkgoHelper()
	p.Cp(ctx, "downloads/"+file, service+":"+folder+"/")
}

// stored mounts the project's volume in another container.
func stored(ctx context.Context, p *compose.Project, key string) sandbox.Option {
	GinkgoHelper()
	if !p.HasVolume(ctx, key) {
		Fail("the engine has no volume " + p.Volume(ctx, key) + ": a new container would create another one")
	}
	return sandbox.Mount(engine.Mount{Type: "volume", Source: p.Volume(ctx, key), Target: folder})
}

var _ = Describe("A volume for models", Label("models", "compose"), func() {
	It("is filled before the service starts, and kept for the next run", claims.Decides(
		"models/volume-filled-before-startup", "models/named-volume", "models/cached-model",
	), func(ctx SpecContext) {
		box := sandbox.New(ctx)
		// With a network, so that down has something to remove besides the container.
		p := project(ctx, box, strings.NewReplacer("VOLUME", volume, "    network_mode: none\n", "").Replace(storing))
		p.Create(ctx)
		Expect(p.Service(ctx, service).Inspect(ctx).State).To(Equal("created"), "it must not have started")

		load(ctx, p)
		p.Up(ctx)

		first := p.Service(ctx, service)
		claims.Get(ctx, "models/volume-filled-before-startup", "models/named-volume").Holds(func(g Gomega) {
			g.Expect(first.Inspect(ctx).Mounts).To(ConsistOf(And(
				HaveField("Type", "volume"), HaveField("Name", p.Name+"_"+volume), HaveField("Target", folder), HaveField("Driver", "local"))))
			g.Expect(p.Compare(ctx)).To(BeEmpty())
			g.Expect(first.Exec(ctx, probe.Read(model))).To(Print(weights))
		})
		before := first.Exec(ctx, probe.Stat(model)).Stdout

		p.Down(ctx)
		p.Up(ctx)

		second := p.Service(ctx, service)
		claims.Get(ctx, "models/cached-model").Holds(func(g Gomega) {
			g.Expect(second.ID).NotTo(Equal(first.ID), "it must be a new container")
			g.Expect(second.Exec(ctx, probe.Stat(model))).To(Print(strings.TrimSuffix(before, "\n")), "the same inode, not written since")
			g.Expect(second.Exec(ctx, probe.Read(model))).To(Print(weights))
		})
	})

	It("shows a running service files from another container and from docker compose cp", func(ctx SpecContext) {
		box := sandbox.New(ctx)
		p := project(ctx, box, strings.ReplaceAll(storing, "VOLUME", volume))
		p.Up(ctx)
		running := p.Service(ctx, service)
		Expect(running.Exec(ctx, probe.List(folder))).To(Print(""))

		box.Run(ctx, probe.Write(folder+"/other.bin", "other weights"), stored(ctx, p, volume))
		load(ctx, p)

		Expect(running.Exec(ctx, probe.List(folder))).To(Print(file + "\nother.bin"))
		Expect(running.Exec(ctx, probe.Read(folder+"/other.bin"))).To(Print("other weights"))
		Expect(running.Exec(ctx, probe.Read(model))).To(Print(weights))
	})
})
