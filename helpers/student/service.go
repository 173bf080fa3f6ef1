package student

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/holdfast/holdfast/helpers/result"
)

// Ready is when a service that runs in the foreground can be used.
type Ready struct {
	Text string // a regular expression for what it prints
	URL  string // answers with a success
	Body string // that the answer holds
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

const polling = 100 * time.Millisecond

// Serve types a line that starts a service, and waits until that is ready. The
// service goes on in the foreground until Stop; what it prints up to now is the
// entry. Where it ends first, the error is ErrEnded, and the prompt is back.
func (t *Terminal) Serve(ctx context.Context, line string, ready Ready, within time.Duration) (result.Entry, error) {
	if within == 0 {
		within = usual
	}
	text, err := regexp.Compile(ready.Text)
	if err != nil {
		return result.Entry{Typed: line, Status: result.UnknownStatus}, &Trouble{line, fmt.Errorf("when the service is ready: %w", err), t.Screen()}
	}
	e, err := t.begin(ctx, line, within)
	if err != nil {
		return result.Entry{Typed: line, Status: result.UnknownStatus}, err
	}
	polled, stop := context.WithTimeout(ctx, within)
	defer stop()
	answered := t.poll(polled, ready)
	var back *place
	look, _ := t.lookout(How{}) // its prompts have been compiled before
	err = t.until(ctx, within, func() (bool, time.Duration) {
		if back = look.prompt(t, e); back != nil {
			return true, 0
		}
		// What is ready is given the time to say so.
		return answered() && text.MatchString(t.screen.text(e.output, 0, len(t.screen.rows)-1, columns)), hush
	})
	switch {
	case err != nil:
		return t.entry(e, nil), t.trouble(e, err, ErrNotReady, "waited for %s", ready)
	case back != nil:
		entry, _ := t.arrive(e, *back, How{})
		return entry, &Trouble{line, fmt.Errorf("%w: waited for %s, and it ended with status %d", ErrEnded, ready, entry.Status), t.Screen()}
	}
	t.service = e
	return t.entry(e, nil), nil
}

// poll asks for the URL until it answers as it should. The answer wakes whoever waits.
func (t *Terminal) poll(ctx context.Context, ready Ready) (answered func() bool) {
	if ready.URL == "" {
		return func() bool { return true }
	}
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(polling)
		defer tick.Stop()
		for !t.desk.Answers(ctx, ready.URL, ready.Body) {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
		close(done)
		t.mutex.Lock()
		defer t.mutex.Unlock()
		close(t.changed)
		t.changed = make(chan struct{})
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

// Answers tells whether a page is there, and holds a text.
func (d *Desk) Answers(ctx context.Context, url, body string) bool {
	client := d.place.Client
	if client == nil {
		client = http.DefaultClient
	}
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

// Stop presses Ctrl-C, and waits for the prompt. A service that takes no notice
// gets it once more, as impatient students do.
func (t *Terminal) Stop(ctx context.Context, within time.Duration) (result.Entry, error) {
	if within == 0 {
		within = usual
	}
	e := t.service
	if e == nil {
		return result.Entry{Typed: "^C", Status: result.UnknownStatus}, &Trouble{"^C", fmt.Errorf("nothing runs in the foreground"), t.Screen()}
	}
	t.service = nil
	look, _ := t.lookout(How{})
	t.mutex.Lock()
	end := &typing{line: "^C", inside: e.inside, began: time.Now(), marks: e.marks, output: max(t.screen.row, e.output)}
	t.mutex.Unlock()
	var at *place
	var err error
	for range 2 {
		if err = t.send("\x03"); err != nil {
			break
		}
		err = t.until(ctx, within/2, func() (bool, time.Duration) {
			at = look.prompt(t, end)
			if at != nil && at.level > 0 {
				return true, hush
			}
			return at != nil, 0
		})
		if err == nil || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return t.entry(end, nil), t.trouble(end, err, ErrHung, "pressed Ctrl-C twice on %q and waited for the prompt", e.line)
	}
	return t.arrive(end, *at, How{})
}
