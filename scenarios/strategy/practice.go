package strategy

import (
	"crypto/rand"
	"io/fs"
	"strings"
	"time"

	"github.com/holdfast/holdfast/fixtures/projects"
	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/compose"
	. "github.com/holdfast/holdfast/helpers/match"
	client "github.com/holdfast/holdfast/helpers/qdrant"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// answering bounds the time between a service's start and its first answer.
const answering = 30 * time.Second

// Files of the Practice project.
const (
	modelFile  = "downloads/embedding-model.bin"
	requestLog = "logs/requests.log"
)

var _ = Describe("The Practice service in development, after down and up,", Ordered, ContinueOnFailure, SpecPriority(1), Label("practice", "compose", "python", "qdrant"), func() {
	var (
		s      *service
		before struct {
			vectors []client.Point
			hits    []hit
			log     string
			health  health
		}
	)
	BeforeAll(func(ctx SpecContext) {
		box := sandbox.New(ctx)
		substitutes(ctx, box)
		s = &service{Project: compose.FromFS(ctx, box, compose.Need(ctx, box), projects.Folder("practice")), box: box, key: rand.Text()}
		s.Dir.Write(".env", "QDRANT_API_KEY="+s.key+"\n")
		s.Create(ctx)
		s.Cp(ctx, modelFile, "embeddings:/models/")
		s.Up(ctx)
		before.health = s.ready(ctx)
		s.keep(ctx)
		before.vectors, before.hits, before.log = s.vectors(ctx), s.search(ctx), s.Dir.Read(requestLog).Stdout

		s.Down(ctx)
		s.up(ctx)
	}, NodeTimeout(building))
	BeforeEach(func(ctx SpecContext) { substitutes(ctx, s.box) })

	It("runs as compose-go models it", func(ctx SpecContext) {
		Expect(s.Compare(ctx)).To(BeEmpty())
	})

	It("has its vectors and finds the same texts with them", claims.Decides("strategy/practice-vectors-in-development"), func(ctx SpecContext) {
		Expect(before.vectors).To(HaveLen(len(texts)))
		Expect(before.vectors).To(HaveEach(HaveField("Vector", HaveLen(64))))
		Expect(before.hits[0].Payload.Text).To(Equal(texts[0]), "the text most alike to %q", question)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(s.vectors(ctx)).To(Equal(before.vectors))
			g.Expect(s.search(ctx)).To(Equal(before.hits))
		})
	})

	It("appends to the request log on the host", claims.Decides("strategy/practice-logs-in-development"), func(ctx SpecContext) {
		s.search(ctx)

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(before.log).To(ContainSubstring(`"POST /texts/1 HTTP/1.1" 200`))
			added, kept := strings.CutPrefix(s.Dir.Read(requestLog).Stdout, before.log)
			g.Expect(kept).To(BeTrue(), "the log begins as it was before")
			g.Expect(added).To(ContainSubstring(`"GET /search?text=`))
		})
	})

	It("gets its key from .env: it is not in the image or the files, and inspect does not show it", claims.Decides(
		"strategy/practice-keys-in-development",
	), func(ctx SpecContext) {
		const itsCode = "Hashes a text's words"
		inImage := s.inImage(ctx, s.key, itsCode)
		Expect(inImage).To(ContainElement(itsCode), "what does stand in the image is found there")

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(s.Exec(ctx, "embeddings", "cat", "/run/secrets/qdrant_api_key")).To(Print(s.key))
			g.Expect(s.Service(ctx, "vectors").Files(ctx, "/qdrant/config/local.yaml")).To(HaveKeyWithValue("local.yaml", ContainSubstring(s.key)))
			g.Expect(inImage).NotTo(ContainElement(s.key))
			g.Expect(inspected(ctx, s.box, s.Service(ctx, "embeddings"))).NotTo(ContainSubstring(s.key))
			g.Expect(inspected(ctx, s.box, s.Service(ctx, "vectors"))).NotTo(ContainSubstring(s.key))
			state := s.Dir.State()
			g.Expect(state).To(HaveKeyWithValue(".env", ContainSubstring(s.key)))
			delete(state, ".env")
			g.Expect(state).NotTo(ContainElement(ContainSubstring(s.key)), "the key in a file that is version controlled")
		})
	})

	It("has its model and accepts another one without a new image", claims.Decides("strategy/practice-model-in-development"), func(ctx SpecContext) {
		model, err := fs.ReadFile(projects.Folder("practice"), modelFile)
		Expect(err).NotTo(HaveOccurred())
		image := s.Service(ctx, "embeddings").Inspect(ctx).Image
		inImage := s.box.Create(ctx, sandbox.Image(image)).Files(ctx, "/models")
		known := s.ready(ctx)

		s.Dir.Write("downloads/another.bin", "another model")
		s.Cp(ctx, "downloads/another.bin", "embeddings:/models/embedding-model.bin")
		s.Restart(ctx, "embeddings")

		claims.Holds(ctx, func(g Gomega) {
			g.Expect(before.health.SHA256).To(Equal(sum(model)))
			g.Expect(known).To(Equal(before.health))
			g.Expect(inImage).To(BeEmpty())
			g.Eventually(ctx, s.ready).Within(answering).Should(HaveField("SHA256", sum([]byte("another model"))))
			g.Expect(s.Service(ctx, "embeddings").Inspect(ctx).Image).To(Equal(image))
		})
	})
})
