// Package strategy checks storage that differs between development and
// production: the lesson's rules for both, and the service of its Practice
// section as a project that follows them.
package strategy

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/holdfast/holdfast/helpers/compose"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/images"
	client "github.com/holdfast/holdfast/helpers/qdrant"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// The images of the Practice section's service.
const (
	python = "python:3.12-slim"
	qdrant = "qdrant/qdrant:latest"
)

// texts are stored in the service under the ids 1, 2, ...
var texts = []string{"volumes keep data", "containers are ephemeral", "a tmpfs keeps nothing"}

// question is the text that they are searched for.
const question = "what keeps data"

// service is a client of the Practice section's embeddings service.
type service struct {
	*compose.Project
	box  *sandbox.Box
	key  string // of the API
	port string // on the engine's host; it changes with each start
}

// health is the service's report on its model.
type health struct{ Model, SHA256 string }

// hit is a search result.
type hit struct {
	ID      int
	Score   float64
	Payload struct{ Text string }
}

// substitutes records for the running spec which images are substitutes.
func substitutes(ctx context.Context, box *sandbox.Box) {
	GinkgoHelper()
	images.Need(ctx, box, python)
	images.Need(ctx, box, qdrant)
}

// up starts the service and waits until it answers.
func (s *service) up(ctx context.Context) {
	GinkgoHelper()
	s.Up(ctx)
	s.ready(ctx)
}

func (s *service) ready(ctx context.Context) health {
	GinkgoHelper()
	s.AwaitLog(ctx, "embeddings", "Ready")
	s.port = s.Port(ctx, "embeddings", 8000)
	var found health
	// The service logs "Ready" just before it opens its port.
	Eventually(ctx, func(ctx context.Context) error { return s.ask(ctx, http.MethodGet, "/health", "", &found) }).Within(answering).Should(Succeed())
	return found
}

// keep stores the texts in the service.
func (s *service) keep(ctx context.Context) {
	GinkgoHelper()
	for i, text := range texts {
		Expect(s.ask(ctx, http.MethodPost, fmt.Sprintf("/texts/%d", i+1), text, nil)).To(Succeed())
	}
}

// search searches the stored texts, the best match first.
func (s *service) search(ctx context.Context) []hit {
	GinkgoHelper()
	var found []hit
	Expect(s.ask(ctx, http.MethodGet, "/search?text="+url.QueryEscape(question), "", &found)).To(Succeed())
	return found
}

// vectors reads the points from Qdrant itself.
func (s *service) vectors(ctx context.Context) []client.Point {
	GinkgoHelper()
	at := "http://" + s.box.Engine().PublishedHost() + ":" + s.Port(ctx, "vectors", 6333)
	points, _, err := client.New(at, s.key, s.box.Engine().HTTP()).Scroll(ctx, "documents", nil, 10*len(texts))
	Expect(err).NotTo(HaveOccurred())
	s.box.Did(evidence.Step{Did: "API: read all points of the collection documents", Saw: fmt.Sprintf("%d points", len(points))})
	return points
}

func (s *service) ask(ctx context.Context, method, path, body string, answer any) error {
	target := "http://" + s.box.Engine().PublishedHost() + ":" + s.port + path
	request, err := http.NewRequestWithContext(ctx, method, target, strings.NewReader(body))
	if err != nil {
		return err
	}
	response, err := s.box.Engine().HTTP().Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	s.box.Did(evidence.Step{Did: "API: " + method + " " + path, Saw: fmt.Sprintf("%s: %s", response.Status, content)})
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s: %s", method, target, response.Status, content)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(content, answer)
}

func sum(data []byte) string { return fmt.Sprintf("%x", sha256.Sum256(data)) }
