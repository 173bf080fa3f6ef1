// Package models is about large model files: kept on a named volume that is
// filled before the service starts, and out of its image.
package models

import (
	"context"
	"testing/fstest"

	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
)

// The lesson's service, volume, folder and file; weights stands for the 2 GB.
const (
	service = "embedding-service"
	volume  = "models-volume"
	folder  = "/app/models"
	file    = "embedding-model.bin"
	model   = folder + "/" + file
	weights = "weights"
)

// storing is the lesson's project without Python: what matters is its volume.
// VOLUME is the volume's key.
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

// listing is a service that prints what is in its folder, and ends.
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

// project is a project with that compose file, and a model on the host.
func project(ctx context.Context, box *sandbox.Box, text string) *compose.Project {
	GinkgoHelper()
	return compose.FromFS(ctx, box, compose.Need(ctx, box), fstest.MapFS{
		"docker-compose.yaml": {Data: []byte(text)},
		"downloads/" + file:   {Data: []byte(weights)},
	})
}

// load copies the model from the host into the volume of a service that exists.
func load(ctx context.Context, p *compose.Project) {
	GinkgoHelper()
	p.Cp(ctx, "downloads/"+file, service+":"+folder+"/")
}

// stored mounts the project's volume in another container.
func stored(ctx context.Context, p *compose.Project, key string) sandbox.Option {
	GinkgoHelper()
	if !p.HasVolume(ctx, key) {
		Fail("the engine has no volume " + p.Volume(ctx, key) + ": it would make one that is not the project's")
	}
	return sandbox.Mount(engine.Mount{Type: "volume", Source: p.Volume(ctx, key), Target: folder})
}
