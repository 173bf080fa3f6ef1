package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/run"

	. "github.com/onsi/ginkgo/v2"
)

// Get asks a port of the engine's host, such as a container's published port,
// for a path, and returns the body of the answer.
func (b *Box) Get(ctx context.Context, port, path string) (string, error) {
	status, body, err := b.get(ctx, port, path)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("status %d: %s", status, body)
	}
	b.Did(evidence.Step{Did: "curl " + url(port, path), Saw: outcome(err, body)})
	return body, err
}

// serveLimit bounds the wait for a program that has to notice a change before
// it serves it.
const serveLimit = 30 * time.Second

// TimeUntilServed makes a change and returns the time from its beginning until
// the answer of the port contains the text.
func (b *Box) TimeUntilServed(ctx context.Context, port, path, text string, change func()) time.Duration {
	GinkgoHelper()
	d := delay{From: "host", To: "answer of the service", did: fmt.Sprintf("until curl -s %s | grep -qF %s; do sleep 0.02; done", url(port, path), evidence.Command(text))}
	ctx, cancel := context.WithTimeout(ctx, serveLimit)
	defer cancel()
	began := time.Now()
	change()
	err := run.Poll(ctx, 20*time.Millisecond, func() bool {
		_, body, err := b.get(ctx, port, path)
		return err == nil && strings.Contains(body, text)
	})
	return b.delayed(d, time.Since(began), outcome(err, seen))
}

func url(port, path string) string { return "http://localhost:" + port + path }

func (b *Box) get(ctx context.Context, port, path string) (status int, body string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url(port, path), nil)
	if err != nil {
		return 0, "", err
	}
	answer, err := b.Engine().HTTP().Do(request)
	if err != nil {
		return 0, "", err
	}
	data, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(data), errors.Join(err, answer.Body.Close())
}
