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

// deployment is the only file that production needs.
const deployment = "compose.production.yaml"

var _ = Describe("The Practice service in production, after down and up,", Ordered, ContinueOnFailure, SpecPriority(1), Label("practice", "compose", "python", "qdrant"), func() {
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

	It("runs as compose-go models it, without a bind mount", func(ctx SpecContext) {
		Expect(s.Compare(ctx)).To(BeEmpty())
		for _, name := range []string{"embeddings", "vectors"} {
			Expect(s.Service(ctx, name).Inspect(ctx).Mounts).NotTo(ContainElement(HaveField("Type", "bind")))
		}
	})

	It("loads the model that is mounted at run time, read-only", func(ctx SpecContext) {
		Expect(s.ready(ctx).SHA256).To(Equal(sum([]byte(model))))
		Expect(s.Exec(ctx, "embeddings", "touch", "/models/embedding-model.bin").Stderr).To(ContainSubstring("Read-only file system"))
	})

	It("finds the same texts with its vectors", func(ctx SpecContext) {
		Expect(hits).To(HaveLen(len(texts)))
		Expect(s.search(ctx)).To(Equal(hits))
	})

	It("logs its requests to stdout and not to a file", claims.Decides("strategy/practice-logs-in-production"), func(ctx SpecContext) {
		claims.Holds(ctx, func(g Gomega) {
			g.Expect(log).To(ContainSubstring(`"POST /texts/1 HTTP/1.1" 200`))
			s.search(ctx)
			g.Eventually(ctx, s.Logs).WithArguments("embeddings").Within(answering).Should(ContainSubstring(`"GET /search?text=`))
			g.Expect(s.Service(ctx, "embeddings").Changes(ctx)).NotTo(ContainElement(ContainSubstring("log")))
		})
	})

	It("gets its key from the deployment: it is not in the file, and inspect does not show it", func(ctx SpecContext) {
		Expect(s.Exec(ctx, "embeddings", "cat", "/run/secrets/qdrant_api_key")).To(Print(s.key))
		for _, name := range []string{"embeddings", "vectors"} {
			Expect(inspected(ctx, s.box, s.Service(ctx, name))).NotTo(ContainSubstring(s.key))
		}
		Expect(s.Dir.State()).NotTo(ContainElement(ContainSubstring(s.key)))
	})

	It("keeps the external volume when down -v removes its own", func(ctx SpecContext) {
		Expect(s.HasVolume(ctx, "vectors")).To(BeTrue())

		s.DownVolumes(ctx)

		Expect(s.HasVolume(ctx, "vectors")).To(BeFalse())
		Expect(s.HasVolume(ctx, "models")).To(BeTrue())
		Expect(s.box.Run(ctx, probe.Read("/models/embedding-model.bin"), models.At("/models"))).To(Print(model))
	})
})

// released builds the service's image before the deployment and returns its name.
func released(ctx context.Context, box *sandbox.Box, tool compose.Tool) string {
	GinkgoHelper()
	development := compose.FromFS(ctx, box, tool, projects.Folder("practice")).Setenv("QDRANT_API_KEY", "of no use here")
	development.Build(ctx, "embeddings")
	return development.Name + "-embeddings"
}

// only returns the Practice project reduced to one file.
func only(name string) fs.FS {
	GinkgoHelper()
	text, err := fs.ReadFile(projects.Folder("practice"), name)
	Expect(err).NotTo(HaveOccurred())
	return fstest.MapFS{name: {Data: text}}
}
