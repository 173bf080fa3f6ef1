package qdrant

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

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

const (
	// started and loaded are what Qdrant prints, according to the lesson.
	started = "Qdrant server started on 0.0.0.0:6333"
	loaded  = "[Loaded previous collection from volume]"
	// listening is what it prints once it has started, a moment after /readyz answers.
	listening = "HTTP listening on "
)

// point is the body of the lesson's curl.
const point = `{"points": [{"id": 1, "vector": [0.1, 0.2]}]}`

var _ = Describe("The genuine Qdrant", Label("qdrant", "compose"), func() {
	BeforeEach(func(ctx SpecContext) {
		images.NeedGenuine(ctx, sandbox.New(ctx), wanted)
	})

	Describe("as the lesson starts it", Ordered, ContinueOnFailure, func() {
		var db *database

		BeforeAll(func(ctx SpecContext) { db = asPrinted(ctx, sandbox.New(ctx)).start(ctx) })

		It("prints that the server started", claims.Decides("qdrant/prints-that-it-started"), func(ctx SpecContext) {
			log := db.AwaitLog(ctx, service, listening)

			claims.Holds(ctx, func(g Gomega) { g.Expect(log).To(ContainSubstring(started)) })
		})

		It("prints that it listens", claims.Corrects("qdrant/prints-that-it-started"), func(ctx SpecContext) {
			log := db.AwaitLog(ctx, service, listening)

			claims.Corrected(ctx, func(g Gomega, text string) { g.Expect(log).To(haveLines(text)) })
		})

		It("answers on port 6333", claims.Decides("qdrant/port"), func(ctx SpecContext) {
			db.AwaitLog(ctx, service, listening) // on whatever port

			claims.Holds(ctx, func(g Gomega) {
				g.Eventually(ctx, db.title).WithArguments(ctx).WithTimeout(10 * time.Second).Should(ContainSubstring("qdrant"))
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
			statuses := db.statuses(ctx, "")

			claims.Holds(ctx, func(g Gomega) { g.Expect(statuses).To(HaveExactElements(refused)) })
		})

		It("answers requests without a key and with a wrong key", func(ctx SpecContext) {
			Expect(db.serverWith(ctx, "").Collections(ctx)).To(ConsistOf(documents))
			Expect(db.serverWith(ctx, "wrong").Collections(ctx)).To(ConsistOf(documents))
		})

		It("prints after down and up that the server started", claims.Decides("qdrant/prints-that-it-started-again"), func(ctx SpecContext) {
			db.Down(ctx)
			db.Up(ctx)
			log := db.AwaitLog(ctx, service, listening)

			claims.Holds(ctx, func(g Gomega) { g.Expect(log).To(ContainSubstring(started)) })
		})

		It("prints that it loaded the collection from the volume", claims.Decides("qdrant/prints-that-it-loaded-the-collection"), func(ctx SpecContext) {
			log := db.AwaitLog(ctx, service, listening)

			claims.Holds(ctx, func(g Gomega) { g.Expect(log).To(ContainSubstring(loaded)) })
		})

		It("prints that it loads the collection, then that it listens", claims.Corrects("qdrant/prints-that-it-started-again"), func(ctx SpecContext) {
			log := db.AwaitLog(ctx, service, listening)

			claims.Corrected(ctx, func(g Gomega, text string) { g.Expect(log).To(haveLines(text)) })
		})
	})

	It("requires the key in QDRANT__SERVICE__API_KEY", claims.Corrects("qdrant/key-from-the-environment"), func(ctx SpecContext) {
		db := prepare(ctx, sandbox.New(ctx))
		db.Dir.Write(file, claims.Correct(ctx, db.Dir.Read(file).Stdout))
		statuses := db.start(ctx).statuses(ctx, "", "wrong", key)

		claims.Corrected(ctx, func(g Gomega, _ string) { g.Expect(statuses).To(HaveExactElements(refused, refused, http.StatusOK)) })
	})

	It("reads the key from the header api-key", claims.Decides("qdrant/api-key-header"), func(ctx SpecContext) {
		db := prepare(ctx, sandbox.New(ctx))
		db.edit("QDRANT_API_KEY", "QDRANT__SERVICE__API_KEY")
		statuses := db.start(ctx).statuses(ctx, "", "wrong", key)

		claims.Holds(ctx, func(g Gomega) { g.Expect(statuses).To(HaveExactElements(refused, refused, http.StatusOK)) })
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

// refused matches the status of a request without the right key: 401 since Qdrant
// 1.9, 403 up to 1.8.
var refused = BeElementOf(http.StatusUnauthorized, http.StatusForbidden)

// statuses requests the collections with each key and returns the statuses. A
// request without a response fails the spec: it says nothing about the key.
func (d *database) statuses(ctx context.Context, keys ...string) (all []int) {
	GinkgoHelper()
	for _, key := range keys {
		status := http.StatusOK
		_, err := d.serverWith(ctx, key).Collections(ctx)
		if answer := (*qdrant.Error)(nil); errors.As(err, &answer) {
			status, err = answer.Status, nil
		}
		Expect(err).NotTo(HaveOccurred())
		d.box.Did(evidence.Step{Did: fmt.Sprintf("API: GET /collections with the api-key %q", key), Saw: fmt.Sprintf("%d %s", status, http.StatusText(status))})
		all = append(all, status)
	}
	return all
}

// title returns the server's title at the published port.
func (d *database) title(ctx context.Context) (string, error) {
	GinkgoHelper()
	info, err := qdrant.New(d.url(ctx), key, d.box.Engine().HTTP()).Info(ctx)
	if err == nil {
		d.box.Did(evidence.Step{Did: "API: GET /", Saw: info.Title + " " + info.Version})
	}
	return info.Title, err
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
