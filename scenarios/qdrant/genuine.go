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

// What Qdrant prints, according to the lesson.
const (
	started = "Qdrant server started on 0.0.0.0:6333"
	loaded  = "[Loaded previous collection from volume]"
)

// point is the body of the lesson's curl.
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

		It("prints that the server started", claims.Decides("qdrant/prints-that-it-started"), func(ctx SpecContext) {
			claims.Holds(ctx, func(g Gomega) { g.Expect(log).To(ContainSubstring(started)) })
		})

		It("prints that it listens", claims.Corrects("qdrant/prints-that-it-started"), func(ctx SpecContext) {
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

		It("accepts points from the lesson's curl", claims.Decides("qdrant/curl-adds-vectors"), func(ctx SpecContext) {
			Expect(db.server(ctx).CreateCollection(ctx, documents, 2, qdrant.Dot)).To(Succeed())

			claims.Holds(ctx, func(g Gomega) {
				g.Expect(db.curl(ctx, http.MethodPost, "/collections/documents/points", point)).To(Equal(http.StatusOK))
				g.Eventually(ctx, func() (int, error) { return db.server(ctx).Count(ctx, documents) }).Should(Equal(1))
			})
		})

		It("accepts points from the corrected curls", claims.Corrects("qdrant/curl-adds-vectors"), func(ctx SpecContext) {
			server := db.server(ctx)
			Expect(server.DeleteCollection(ctx, documents)).To(Succeed())

			claims.Corrected(ctx, func(g Gomega, text string) {
				for _, sent := range curls.FindAllStringSubmatch(text, -1) {
					g.Expect(db.curl(ctx, sent[1], sent[2], sent[3])).To(Equal(http.StatusOK))
				}
				g.Expect(server.Retrieve(ctx, documents, 1)).To(ConsistOf(HaveField("Vector", []float32{0.1, 0.2})))
			})
		})

		It("accepts points with PUT, and returns them by id with POST", func(ctx SpecContext) {
			Expect(db.curl(ctx, http.MethodPost, "/collections/documents/points", point)).To(Equal(http.StatusBadRequest))
			Expect(db.curl(ctx, http.MethodPut, "/collections/documents/points?wait=true", point)).To(Equal(http.StatusOK))
			Expect(db.server(ctx).Retrieve(ctx, documents, 1)).To(ConsistOf(HaveField("Vector", []float32{0.1, 0.2})))
		})

		It("keeps the collection in the directory of the volume", claims.Decides(
			"qdrant/data-directory", "qdrant/named-volume-for-the-vectors",
		), func(ctx SpecContext) {
			mounted := sandbox.Mount(engine.Mount{Type: "volume", Source: db.Volume(ctx, storage), Target: "/storage"})

			claims.Holds(ctx, func(g Gomega) {
				g.Expect(db.box.Run(ctx, probe.Stat("/storage/collections/"+documents), mounted)).To(PrintJSON[probe.Status](HaveField("Directory", true)))
			})
		})

		It("requires the key in QDRANT_API_KEY", claims.Decides("qdrant/key-from-the-environment"), func(ctx SpecContext) {
			client := db.serverWith(ctx, "")

			claims.Holds(ctx, func(g Gomega) {
				_, err := client.Collections(ctx)
				g.Expect(err).To(beRefused())
			})
		})

		It("answers requests without a key and with a wrong key", func(ctx SpecContext) {
			Expect(db.serverWith(ctx, "").Collections(ctx)).To(ConsistOf(documents))
			Expect(db.serverWith(ctx, "wrong").Collections(ctx)).To(ConsistOf(documents))
		})

		It("prints after down and up that the server started", claims.Decides("qdrant/prints-that-it-started-again"), func(ctx SpecContext) {
			db.Down(ctx)
			db.Up(ctx)
			log = db.log(ctx)

			claims.Holds(ctx, func(g Gomega) { g.Expect(log).To(ContainSubstring(started)) })
		})

		It("prints that it loaded the collection from the volume", claims.Decides("qdrant/prints-that-it-loaded-the-collection"), func(ctx SpecContext) {
			claims.Holds(ctx, func(g Gomega) { g.Expect(log).To(ContainSubstring(loaded)) })
		})

		It("prints that it loads the collection, then that it listens", claims.Corrects("qdrant/prints-that-it-started-again"), func(ctx SpecContext) {
			claims.Corrected(ctx, func(g Gomega, text string) { g.Expect(log).To(haveLines(text)) })
		})
	})

	It("requires the key in QDRANT__SERVICE__API_KEY, in the header api-key", claims.Decides(
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

// curls matches the method, the path and the body of each curl command in a block.
var curls = regexp.MustCompile(`(?s)curl -X (\w+) '?http://localhost:6333([^\s']+)'? .*?-d '([^']+)'`)

// haveLines matches a log with the lesson's lines in their order, without the prefix
// that Compose prints, and with other times.
func haveLines(lesson string) OmegaMatcher {
	var patterns []string
	for line := range strings.Lines(lesson) {
		_, text, _ := strings.Cut(line, "Z ")
		patterns = append(patterns, strings.Join(strings.Fields(regexp.QuoteMeta(text)), ` +`))
	}
	return MatchRegexp(`(?s)%s`, strings.Join(patterns, `.*`))
}

// beRefused matches the error of a request without the right key: 401, or 403 before
// Qdrant 1.10.
func beRefused() OmegaMatcher {
	return WithTransform(func(err error) bool {
		return qdrant.IsStatus(err, http.StatusUnauthorized) || qdrant.IsStatus(err, http.StatusForbidden)
	}, BeTrue())
}

// log returns what the server has printed when it is ready.
func (d *database) log(ctx context.Context) string {
	GinkgoHelper()
	d.server(ctx)
	stdout, stderr, err := d.box.Engine().Logs(ctx, d.Service(ctx, service).ID)
	Expect(err).NotTo(HaveOccurred())
	return stdout + stderr
}

// curl sends a request like the lesson's curl, and returns the status of the answer.
func (d *database) curl(ctx context.Context, method, path, body string) int {
	GinkgoHelper()
	request, err := http.NewRequestWithContext(ctx, method, d.url(ctx)+path, strings.NewReader(body))
	Expect(err).NotTo(HaveOccurred())
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("api-key", key)
	response, err := d.box.Engine().HTTP().Do(request)
	Expect(err).NotTo(HaveOccurred())
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	Expect(err).NotTo(HaveOccurred())
	d.box.Did(evidence.Step{Did: fmt.Sprintf("curl -X %s http://localhost:6333%s -d '%s'", method, path, body), Saw: response.Status + ": " + string(answer)})
	return response.StatusCode
}
