package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"strconv"
	"testing/fstest"
	"time"

	"github.com/holdfast/holdfast/fixtures/projects"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/images"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var pattern = projects.Folder("pattern-1-models")

var _ = Describe("The embedding service", Ordered, ContinueOnFailure, Label("models", "compose", "python"), func() {
	var (
		box   *sandbox.Box
		p     *compose.Project
		first *sandbox.Container
		image string
		put   string // the status of the model file in the volume
	)
	BeforeAll(func(ctx SpecContext) {
		box = sandbox.New(ctx)
		images.Need(ctx, box, python)
		p = compose.FromFS(ctx, box, compose.Need(ctx, box), pattern)
		p.Create(ctx)
		load(ctx, p)
		put = box.Run(ctx, probe.Stat(model), stored(ctx, p, volume)).Stdout
		p.Up(ctx)
		first = p.Service(ctx, service)
		image = first.Inspect(ctx).Image
	}, NodeTimeout(5*time.Minute))

	BeforeEach(func(ctx SpecContext) { images.Need(ctx, box, python) })

	It("loads the model from the volume", claims.Decides("models/up", "models/model-loaded", "models/dockerfile"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			g.Eventually(ctx, p.Logs).WithArguments(service).Within(loading).Should(Equal("Model loaded from " + model + "\n"))
		})
	})

	It("answers on the published port", claims.Decides("models/published-port"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			_, err := p.TryPort(ctx, service, 8000)
			g.Expect(err).NotTo(HaveOccurred())
			g.Eventually(ctx, serves).WithArguments(box, p).Within(loading).ShouldNot(BeZero())
		})
	})

	It("serves the model in MODEL_PATH", claims.Decides("models/model-path"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			g.Eventually(ctx, serves).WithArguments(box, p).Within(loading).Should(And(HaveField("Path", model), HaveField("SHA256", downloaded())))
		})
	})

	It("runs as the file says, with its logs on the host", claims.Decides("models/compose-file", "models/logs-on-the-host"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			g.Eventually(ctx, serves).WithArguments(box, p).Within(loading).ShouldNot(BeZero())
			g.Expect(p.Compare(ctx)).To(BeEmpty())
			g.Expect(p.Dir.Read("logs/requests.log").Stdout).To(ContainSubstring("GET / HTTP/1.1"))
		})
	})

	It("has no model in its image", claims.Decides("models/not-copied"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			bare := box.Create(ctx, sandbox.Image(image))
			g.Expect(bare.Files(ctx, "/app/app.py")).To(HaveKey("app.py"))
			g.Expect(bare.Files(ctx, folder)).To(BeEmpty())
		})
	})

	It("loads the same file after down and up, with the same image", claims.Decides("models/cached-model"), func(ctx SpecContext) {
		p.Down(ctx)
		p.Up(ctx)

		second := p.Service(ctx, service)
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(second.ID).NotTo(Equal(first.ID), "it must be a new container")
			g.Expect(second.Inspect(ctx).Image).To(Equal(image), "no rebuild")
			g.Expect(box.Run(ctx, probe.Stat(model), stored(ctx, p, volume)).Stdout).To(Equal(put), "no re-download")
			g.Eventually(ctx, p.Logs).WithArguments(service).Within(loading).Should(Equal("Model loaded from " + model + "\n"))
			g.Eventually(ctx, serves).WithArguments(box, p).Within(loading).Should(Equal(as(put)))
		})
	})
})

// python is the base image of the service.
const python = "python:3.12-slim"

// loading bounds the time between the service's start and its first line.
const loading = 30 * time.Second

// served is what the service answers about the model that it has loaded.
type served struct {
	Path, SHA256       string
	Size, Inode, Mtime int64
}

// serves asks the service about its model.
func serves(ctx context.Context, box *sandbox.Box, p *compose.Project) (found served, err error) {
	GinkgoHelper()
	answer, err := box.Get(ctx, p.Port(ctx, service, 8000), "/")
	if err == nil {
		err = json.Unmarshal([]byte(answer), &found)
	}
	return found, err
}

// as returns the answer about the file with that status.
func as(put string) served {
	GinkgoHelper()
	var found probe.Status
	Expect(json.Unmarshal([]byte(put), &found)).To(Succeed())
	return served{model, downloaded(), found.Size, int64(found.Inode), found.Mtime}
}

// downloaded returns the digest of the model on the host.
func downloaded() string {
	GinkgoHelper()
	data, err := fs.ReadFile(pattern, "downloads/"+file)
	Expect(err).NotTo(HaveOccurred())
	digest := sha256.Sum256(data)
	return hex.EncodeToString(digest[:])
}

// The service mounts its models; the control copies them into its image.
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

var _ = Describe("A model on a volume", Label("models", "compose"), func() {
	It("is not in the image, unlike a copied one", claims.Decides("models/not-copied"), func(ctx SpecContext) {
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
			g.Expect(layers(ctx, box, image)).To(HaveEach(BeNumerically("<", large/8)))
			g.Expect(box.Start(ctx, sandbox.Image(image)).Probe(ctx, probe.Stat(model))).To(FailWith(probe.ENOENT))
			g.Expect(layer).NotTo(ContainElement(HaveSuffix(file)), "it must not be in the container layer")
		})
		Expect(layers(ctx, box, control)).To(ContainElement(BeNumerically(">=", small)))
		Expect(box.Start(ctx, sandbox.Image(control)).Probe(ctx, probe.Stat(model))).To(PrintJSON[probe.Status](HaveField("Size", int64(small))))
	})
})

// layers returns the sizes of an image's layers in bytes.
func layers(ctx SpecContext, box *sandbox.Box, image string) []int64 {
	GinkgoHelper()
	sizes, err := box.Engine().ImageLayers(ctx, image)
	Expect(err).NotTo(HaveOccurred())
	box.Did(evidence.Step{Did: "docker history " + image, Saw: fmt.Sprintf("layers of %d bytes", sizes)})
	return sizes
}
