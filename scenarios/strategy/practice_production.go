package strategy

import (
	"context"
	"crypto/rand"
	"io/fs"
	"testing/fstest"

	"github.com/holdfast/holdfast/fixtures/projects"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// deployment is the one file that production needs.
const deployment = "compose.production.yaml"

var _ = Describe("The practice's service in production, after down and up,", Ordered, ContinueOnFailure, SpecPriority(1), Label("practice", "compose", "python", "qdrant"), func() {
	const model = "the model that the infrastructure provides"
	var (
		s      *service
		models *sandbox.Volume
		hits   []hit // before
		log    string
	)
	BeforeAll(func(ctx SpecContext) {
		box := sandbox.New(ctx)
		substitutes(ctx, box)
		tool := compose.Need(ctx, box)
		models = box.Volume(ctx)
		box.Run(ctx, probe.Write("/models/embedding-model.bin", model), models.At("/models"))
		s = &service{Project: compose.FromFS(ctx, box, tool, only(deployment), deployment), box: box, key: rand.Text()}
		s.Setenv("QDRANT_API_KEY", s.key).Setenv("MODELS_VOLUME", models.Name).
			Setenv("EMBEDDINGS_IMAGE", released(ctx, box, tool)).Setenv("QDRANT_IMAGE", qdrant)
		s.up(ctx)
		s.keep(ctx)
		hits, log = s.search(ctx), s.Logs(ctx, "embeddings")

		s.Down(ctx)
		s.up(ctx)
	}, NodeTimeout(building))
	BeforeEach(func(ctx SpecContext) { substitutes(ctx, s.box) })

	It("runs as it is modelled, without a bind mount", func(ctx SpecContext) {
		Expect(s.Compare(ctx)).To(BeEmpty())
		for _, name := range []string{"embeddings", "vectors"} {
			Expect(s.Service(ctx, name).Inspect(ctx).Mounts).NotTo(ContainElement(HaveField("Type", "bind")))
		}
	})

	It("loads the model that was mounted at run time, which it cannot change", func(ctx SpecContext) {
		Expect(s.ready(ctx).SHA256).To(Equal(sum([]byte(model))))
		Expect(s.Exec(ctx, "embeddings", "touch", "/models/embedding-model.bin").Stderr).To(ContainSubstring("Read-only file system"))
	})

	It("finds with its vectors what it found before", func(ctx SpecContext) {
		Expect(hits).To(HaveLen(len(texts)))
		Expect(s.search(ctx)).To(Equal(hits))
	})

	It("logs its requests to stdout, and to no file", claims.Decides("strategy/practice-logs-in-production"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(log).To(ContainSubstring(`"POST /texts/1 HTTP/1.1" 200`))
			s.search(ctx)
			g.Eventually(ctx, s.Logs).WithArguments("embeddings").Within(answering).Should(ContainSubstring(`"GET /search?text=`))
			g.Expect(s.Service(ctx, "embeddings").Changes(ctx)).NotTo(ContainElement(ContainSubstring("log")))
		})
	})

	It("has its key from whoever deploys it: not from the file, and inspect does not show it", func(ctx SpecContext) {
		Expect(s.Exec(ctx, "embeddings", "cat", "/run/secrets/qdrant_api_key")).To(Print(s.key))
		for _, name := range []string{"embeddings", "vectors"} {
			Expect(inspected(ctx, s.box, s.Service(ctx, name))).NotTo(ContainSubstring(s.key))
		}
		Expect(s.Dir.State()).NotTo(ContainElement(ContainSubstring(s.key)))
	})

	It("leaves the infrastructure's volume alone when down -v takes its own", func(ctx SpecContext) {
		Expect(s.HasVolume(ctx, "vectors")).To(BeTrue())

		s.DownVolumes(ctx)

		Expect(s.HasVolume(ctx, "vectors")).To(BeFalse())
		Expect(s.HasVolume(ctx, "models")).To(BeTrue())
		Expect(s.box.Run(ctx, probe.Read("/models/embedding-model.bin"), models.At("/models"))).To(Print(model))
	})
})

// released builds the service's image, as one does before it is deployed.
func released(ctx context.Context, box *sandbox.Box, tool compose.Tool) string {
	GinkgoHelper()
	development := compose.FromFS(ctx, box, tool, projects.Folder("practice")).Setenv("QDRANT_API_KEY", "of no use here")
	development.Build(ctx, "embeddings")
	return development.Name + "-embeddings"
}

// only is the practice's project without any other file.
func only(name string) fs.FS {
	GinkgoHelper()
	text, err := fs.ReadFile(projects.Folder("practice"), name)
	Expect(err).NotTo(HaveOccurred())
	return fstest.MapFS{name: {Data: text}}
}
