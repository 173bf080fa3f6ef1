package qdrant

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/holdfast/holdfast/helpers/claims"
	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/images"
	. "github.com/holdfast/holdfast/helpers/match"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/qdrant"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// What the lesson says that Qdrant prints.
const (
	started = "Qdrant server started on 0.0.0.0:6333"
	loaded  = "[Loaded previous collection from volume]"
)

// point is what the lesson's curl sends.
const point = `{"points": [{"id": 1, "vector": [0.1, 0.2]}]}`

var _ = Describe("The genuine Qdrant", Label("qdrant", "compose"), func() {
	BeforeEach(func(ctx SpecContext) {
		images.NeedGenuine(ctx, sandbox.New(ctx), wanted)
	})

	Describe("as the lesson starts it", Ordered, ContinueOnFailure, func() {
		var db *database
		var log string

		BeforeAll(func(ctx SpecContext) {
			db = start(ctx, sandbox.New(ctx))
			log = db.log(ctx)
		})

		It("says that the server started", claims.Decides("qdrant/prints-that-it-started"), func(ctx SpecContext) {
			claims.Holds(ctx, func(g Gomega) { g.Expect(log).To(ContainSubstring(started)) })
		})

		It("says that it listens", claims.Corrects("qdrant/prints-that-it-started"), func(ctx SpecContext) {
			claims.Corrected(ctx, func(g Gomega, text string) { g.Expect(log).To(haveLines(text)) })
		})

		It("answers on port 6333", claims.Decides("qdrant/port"), func(ctx SpecContext) {
			server := db.server(ctx)

			claims.Holds(ctx, func(g Gomega) {
				info, err := server.Info(ctx)
				g.Expect(err).NotTo(HaveOccurred())
				g.Expect(info.Title).To(ContainSubstring("qdrant"))
			})
		})

		It("has no collection before one is created", func(ctx SpecContext) {
			Expect(db.curl(ctx, http.MethodPut, "/collections/documents/points?wait=true", point)).To(Equal(http.StatusNotFound))
		})

		It("takes points from the lesson's curl", claims.Decides("qdrant/curl-adds-vectors"), func(ctx SpecContext) {
			Expect(db.server(ctx).CreateCollection(ctx, documents, 2, qdrant.Dot)).To(Succeed())

			claims.Holds(ctx, func(g Gomega) {
				g.Expect(db.curl(ctx, http.MethodPost, "/collections/documents/points", point)).To(Equal(http.StatusOK))
				g.Eventually(ctx, func() (int, error) { return db.server(ctx).Count(ctx, documents) }).Should(Equal(1))
			})
		})

		It("takes points from the corrected curls", claims.Corrects("qdrant/curl-adds-vectors"), func(ctx SpecContext) {
			server := db.server(ctx)
			Expect(server.DeleteCollection(ctx, documents)).To(Succeed())

			claims.Corrected(ctx, func(g Gomega, text string) {
				for _, sent := range curls.FindAllStringSubmatch(text, -1) {
					g.Expect(db.curl(ctx, sent[1], sent[2], sent[3])).To(Equal(http.StatusOK))
				}
				g.Expect(server.Retrieve(ctx, documents, 1)).To(ConsistOf(HaveField("Vector", []float32{0.1, 0.2})))
			})
		})

		It("takes points with PUT, and gives them back with POST and their ids", func(ctx SpecContext) {
			Expect(db.curl(ctx, http.MethodPost, "/collections/documents/points", point)).To(Equal(http.StatusBadRequest))
			Expect(db.curl(ctx, http.MethodPut, "/collections/documents/points?wait=true", point)).To(Equal(http.StatusOK))
			Expect(db.server(ctx).Retrieve(ctx, documents, 1)).To(ConsistOf(HaveField("Vector", []float32{0.1, 0.2})))
		})

		It("keeps the collection in the folder that the volume is mounted on", claims.Decides(
			"qdrant/data-directory", "qdrant/named-volume-for-the-vectors",
		), func(ctx SpecContext) {
			mounted := sandbox.Mount(engine.Mount{Type: "volume", Source: db.Volume(ctx, storage), Target: "/storage"})

			claims.Holds(ctx, func(g Gomega) {
				g.Expect(db.box.Run(ctx, probe.Stat("/storage/collections/"+documents), mounted)).To(PrintJSON[probe.Status](HaveField("Directory", true)))
			})
		})

		It("asks for the key in QDRANT_API_KEY", claims.Decides("qdrant/key-from-the-environment"), func(ctx SpecContext) {
			stranger := db.serverWith(ctx, "")

			claims.Holds(ctx, func(g Gomega) {
				_, err := stranger.Collections(ctx)
				g.Expect(err).To(beRefused())
			})
		})

		It("answers a stranger who has no key, and one who has a wrong one", func(ctx SpecContext) {
			Expect(db.serverWith(ctx, "").Collections(ctx)).To(ConsistOf(documents))
			Expect(db.serverWith(ctx, "wrong").Collections(ctx)).To(ConsistOf(documents))
		})

		It("says after down and up that the server started", claims.Decides("qdrant/prints-that-it-started-again"), func(ctx SpecContext) {
			db.Down(ctx)
			db.Up(ctx)
			log = db.log(ctx)

			claims.Holds(ctx, func(g Gomega) { g.Expect(log).To(ContainSubstring(started)) })
		})

		It("says that it loaded the collection from the volume", claims.Decides("qdrant/prints-that-it-loaded-the-collection"), func(ctx SpecContext) {
			claims.Holds(ctx, func(g Gomega) { g.Expect(log).To(ContainSubstring(loaded)) })
		})

		It("says that it loads the collection, and then that it listens", claims.Corrects("qdrant/prints-that-it-started-again"), func(ctx SpecContext) {
			claims.Corrected(ctx, func(g Gomega, text string) { g.Expect(log).To(haveLines(text)) })
		})
	})

	It("asks for the key in QDRANT__SERVICE__API_KEY, in the header api-key", claims.Decides(
		"qdrant/api-key-header",
	), claims.Corrects("qdrant/key-from-the-environment"), func(ctx SpecContext) {
		db := prepare(ctx, sandbox.New(ctx))
		db.Dir.Write(file, claims.Correct(ctx, db.Dir.Read(file).Stdout))
		db.Up(ctx)
		onlyWithTheKey := func(g Gomega) {
			for _, wrong := range []string{"", "wrong"} {
				_, err := db.serverWith(ctx, wrong).Collections(ctx)
				g.Expect(err).To(beRefused())
			}
			g.Expect(db.server(ctx).Collections(ctx)).To(BeEmpty())
		}

		claims.Corrected(ctx, func(g Gomega, _ string) { onlyWithTheKey(g) })
		claims.Holds(ctx, onlyWithTheKey)
	})
})

// curls finds the method, the path and the body of each command of a block.
var curls = regexp.MustCompile(`(?s)curl -X (\w+) '?http://localhost:6333([^\s']+)'? .*?-d '([^']+)'`)

// haveLines succeeds where a log has lines of the lesson's, in their order. What
// Compose puts before each of them the engine's log has not, and the times differ.
func haveLines(lesson string) OmegaMatcher {
	var patterns []string
	for line := range strings.Lines(lesson) {
		_, said, _ := strings.Cut(line, "Z ")
		patterns = append(patterns, strings.Join(strings.Fields(regexp.QuoteMeta(said)), ` +`))
	}
	return MatchRegexp(`(?s)%s`, strings.Join(patterns, `.*`))
}

// beRefused succeeds for the answer to a request without the right key: 401,
// before Qdrant 1.10 403.
func beRefused() OmegaMatcher {
	return WithTransform(func(err error) bool {
		return qdrant.IsStatus(err, http.StatusUnauthorized) || qdrant.IsStatus(err, http.StatusForbidden)
	}, BeTrue())
}

// log is what the server has printed when it is ready.
func (d *database) log(ctx context.Context) string {
	GinkgoHelper()
	d.server(ctx)
	stdout, stderr, err := d.box.Engine().Logs(ctx, d.Service(ctx, service).ID)
	Expect(err).NotTo(HaveOccurred())
	return stdout + stderr
}

// curl sends what the lesson's curl sends, with another method or path, and
// returns the answer's status.
func (d *database) curl(ctx context.Context, method, path, body string) int {
	GinkgoHelper()
	request, err := http.NewRequestWithContext(ctx, method, d.url(ctx)+path, strings.NewReader(body))
	Expect(err).NotTo(HaveOccurred())
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("api-key", key)
	response, err := d.box.Engine().HTTP().Do(request)
	Expect(err).NotTo(HaveOccurred())
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	Expect(err).NotTo(HaveOccurred())
	d.box.Did(evidence.Step{Did: fmt.Sprintf("curl -X %s http://localhost:6333%s -d '%s'", method, path, body), Saw: response.Status + ": " + string(said)})
	return response.StatusCode
}
