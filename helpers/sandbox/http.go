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

	. "github.com/onsi/ginkgo/v2"
)

// Get asks a port of the engine's host, such as one that a container
// publishes, for a path, and returns what it answers.
func (b *Box) Get(ctx context.Context, port, path string) (string, error) {
	status, body, err := b.get(ctx, port, path)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("status %d: %s", status, body)
	}
	b.did(evidence.Step{Did: "curl http://localhost:" + port + path, Saw: said(err, body)})
	return body, err
}

// noticing is how long a change is waited for that a program has to notice
// before it serves it.
const noticing = 30 * time.Second

// TimeUntilServed returns how long it takes, from the beginning of change, until the
// port's answer holds the text.
func (b *Box) TimeUntilServed(ctx context.Context, port, path, text string, change func()) time.Duration {
	GinkgoHelper()
	ctx, cancel := context.WithTimeout(ctx, noticing)
	defer cancel()
	began := time.Now()
	change()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, body, err := b.get(ctx, port, path); err == nil && strings.Contains(body, text) {
			return b.delayed("host", "answer of the service", time.Since(began), "seen")
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return b.delayed("host", "answer of the service", time.Since(began), ctx.Err().Error())
		}
	}
}

func (b *Box) get(ctx context.Context, port, path string) (status int, body string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost:"+port+path, nil)
	if err != nil {
		return 0, "", err
	}
	answer, err := b.run.Engine().HTTP().Do(request)
	if err != nil {
		return 0, "", err
	}
	data, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(data), errors.Join(err, answer.Body.Close())
}
