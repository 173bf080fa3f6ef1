package student

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/result"
)

// Ready describes when a foreground service is ready.
type Ready struct {
	Text string `yaml:"text"` // a regular expression for its output
	URL  string `yaml:"url"`  // which answers with a success
	Body string `yaml:"body"` // a text in that answer
}

func (r Ready) String() string {
	var parts []string
	if r.Text != "" {
		parts = append(parts, fmt.Sprintf("%q on the screen", r.Text))
	}
	if r.URL != "" {
		parts = append(parts, strings.TrimSpace(r.URL+" "+r.Body))
	}
	return strings.Join(parts, " and ")
}

const pollInterval = 100 * time.Millisecond

// Serve types a line that starts a service, and waits until that is ready. The service
// stays in the foreground until Stop. The entry holds its output so far. If the
// service ends first, the error is ErrEnded and the prompt is back.
func (t *Terminal) Serve(ctx context.Context, line string, ready Ready, within time.Duration) (result.Entry, error) {
	if within == 0 {
		within = defaultTimeout
	}
	text, err := regexp.Compile(ready.Text)
	if err != nil {
		return result.Entry{Typed: line, Status: result.UnknownStatus}, &Error{line, fmt.Errorf("when the service is ready: %w", err), t.Screen()}
	}
	e, err := t.begin(ctx, line, within)
	if err != nil {
		return result.Entry{Typed: line, Status: result.UnknownStatus}, err
	}
	polled, stop := context.WithTimeout(ctx, within)
	defer stop()
	answered := t.poll(polled, ready)
	var back *promptAt
	watch, _ := t.watcher(Expectation{}) // its prompts have compiled before
	err = t.until(ctx, within, func() (bool, time.Duration) {
		if back = watch.prompt(t, e); back != nil {
			return true, 0
		}
		return answered() && text.MatchString(t.screen.text(e.output, 0, len(t.screen.rows)-1, columns)), settleTime
	})
	switch {
	case err != nil:
		return t.entry(e, nil), t.failure(e, err, ErrNotReady, "waited for %s", ready)
	case back != nil:
		entry, _ := t.arrive(e, *back, Expectation{})
		return entry, &Error{line, fmt.Errorf("%w: waited for %s, and it ended with status %d", ErrEnded, ready, entry.Status), t.Screen()}
	}
	t.service = e
	return t.entry(e, nil), nil
}

// poll requests the URL until the answer is as expected, and wakes until then.
func (t *Terminal) poll(ctx context.Context, ready Ready) (answered func() bool) {
	if ready.URL == "" {
		return func() bool { return true }
	}
	done := make(chan struct{})
	go func() {
		if t.AwaitPage(ctx, ready) != nil {
			return
		}
		close(done)
		t.mutex.Lock()
		defer t.mutex.Unlock()
		t.wake()
	}()
	return func() bool {
		select {
		case <-done:
			return true
		default:
			return false
		}
	}
}

// AwaitPage waits until a page answers with a success and the expected body.
func (t *Terminal) AwaitPage(ctx context.Context, page Ready) error {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for !t.session.answers(ctx, page.URL, page.Body) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s did not answer with %q: %w; the screen then:\n%s", page.URL, page.Body, ctx.Err(), t.Screen())
		}
	}
	return nil
}

func (s *Session) answers(ctx context.Context, url, body string) bool {
	client := cmp.Or(s.config.Client, http.DefaultClient)
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	answer, err := client.Do(request)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	return err == nil && answer.StatusCode < 300 && strings.Contains(string(data), body)
}

// Stop presses Ctrl-C and waits for the prompt. If the service ignores it, Stop
// presses it once more, as impatient students do.
func (t *Terminal) Stop(ctx context.Context, within time.Duration) (result.Entry, error) {
	if within == 0 {
		within = defaultTimeout
	}
	e := t.service
	if e == nil {
		return result.Entry{Typed: "^C", Status: result.UnknownStatus}, &Error{"^C", errors.New("nothing runs in the foreground"), t.Screen()}
	}
	t.service = nil
	watch, _ := t.watcher(Expectation{})
	t.mutex.Lock()
	end := &typedLine{text: "^C", inside: e.inside, began: time.Now(), marks: e.marks, output: max(t.screen.row, e.output)}
	t.mutex.Unlock()
	var at *promptAt
	var err error
	for range 2 {
		if err = t.send("\x03"); err != nil {
			break
		}
		err = t.until(ctx, within/2, func() (bool, time.Duration) {
			at = watch.prompt(t, end)
			if at != nil && at.level > 0 {
				return true, settleTime
			}
			return at != nil, 0
		})
		if err == nil || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return t.entry(end, nil), t.failure(end, err, ErrHung, "pressed Ctrl-C twice on %q and waited for the prompt", e.text)
	}
	return t.arrive(end, *at, Expectation{})
}
