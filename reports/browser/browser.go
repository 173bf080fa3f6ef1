// Package browser looks at a page in a real Chromium, for the tests of the pages
// that the readers of results build. It is used by tests only.
package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Browser is a real Chromium on one page.
type Browser struct {
	*testing.T
	ctx     context.Context
	address string
	ready   string // the expression that is true when the page stands
}

// Start starts a browser on a page, which stands when the expression ready is
// true. It skips the test where there is no Chromium, and fails it where the
// page writes an error or a warning to the console.
func Start(t *testing.T, page, ready string) *Browser {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil && program == "" {
			program = found
		}
	}
	if program == "" {
		t.Skip("there is no Chromium here: apt-get install -y chromium")
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, page)
	}))
	t.Cleanup(server.Close)

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	t.Cleanup(cancel)
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
	}
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithAllocatorOptions(options...))
	// The browser is gone before its folder is removed.
	t.Cleanup(func() {
		cancel()
		chromedp.FromContext(ctx).Allocator.Wait()
	})
	b := &Browser{t, ctx, server.URL, ready}
	b.listen()
	b.Size(1280, 800)
	b.Open("")
	return b
}

func (b *Browser) listen() {
	listening, stop := context.WithCancel(b.ctx)
	messages := chromedp.Console(listening)
	heard := make(chan []string)
	go func() {
		var bad []string
		for message, err := range messages {
			if err != nil {
				break
			}
			if message.Type != chromedp.ConsoleLog && message.Type != chromedp.ConsoleDebug && message.Type != chromedp.ConsoleInfo {
				bad = append(bad, message.String())
			}
		}
		heard <- bad
	}()
	b.Cleanup(func() {
		stop()
		for _, message := range <-heard {
			b.Errorf("on the console: %s", message)
		}
	})
}

// On is the same browser in a part of the test.
func (b *Browser) On(t *testing.T) *Browser { return &Browser{t, b.ctx, b.address, b.ready} }

// Address is where the page is served.
func (b *Browser) Address() string { return b.address }

// Context is what other steps of chromedp's run in.
func (b *Browser) Context() context.Context { return b.ctx }

// Size makes the window as large as that, in pixels.
func (b *Browser) Size(width, height int64) {
	b.Helper()
	b.Do(chromedp.EmulateViewport(width, height))
}

// Scheme is whether the user likes pages light or dark.
func (b *Browser) Scheme(scheme string) {
	b.Helper()
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, media); err != nil {
		b.Fatal(err)
	}
}

// Do does steps of chromedp's.
func (b *Browser) Do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.Fatal(err)
	}
}

// Open loads the page anew, at an address within it.
func (b *Browser) Open(hash string) {
	b.Helper()
	b.Do(chromedp.Navigate("about:blank"), chromedp.Navigate(b.address+"/"+hash))
	b.Wait(b.ready)
}

// Click clicks the one element that fits.
func (b *Browser) Click(selector string) {
	b.Helper()
	b.Do(chromedp.Click(chromedp.CSS(selector)))
}

// Press presses keys.
func (b *Browser) Press(keys ...string) {
	b.Helper()
	for _, key := range keys {
		b.Do(chromedp.KeyEvent(key))
	}
}

// Wait waits until an expression is true, across the navigation that a step
// may have begun.
func (b *Browser) Wait(expression string) {
	b.Helper()
	var err error
	for range 3 {
		_, err = chromedp.Run(b.ctx, chromedp.Poll[chromedp.Void](expression, chromedp.WithPollingTimeout(15*time.Second)))
		if err == nil {
			return
		}
		if !strings.Contains(err.Error(), "context") {
			break
		}
	}
	b.Fatalf("never became true: %s\n%v\n%s", expression, err, Value[string](b, `location.hash + '\n' + document.querySelector('main').innerText.slice(0, 600)`))
}

// Value asks the page.
func Value[T any](b *Browser, expression string) T {
	b.Helper()
	result, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.Fatalf("%s: %v", expression, err)
	}
	return result
}

// Count is the number of elements that can be seen.
func (b *Browser) Count(selector string) int {
	b.Helper()
	return Value[int](b, fmt.Sprintf(`[...document.querySelectorAll(%s)].filter((e) => e.checkVisibility()).length`, quoted(selector)))
}

// WantCount waits until as many elements can be seen.
func (b *Browser) WantCount(selector string, want int) {
	b.Helper()
	b.Wait(fmt.Sprintf(`[...document.querySelectorAll(%s)].filter((e) => e.checkVisibility()).length === %d`, quoted(selector), want))
}

// Text is what can be read in an element.
func (b *Browser) Text(selector string) string {
	b.Helper()
	return Value[string](b, fmt.Sprintf(`document.querySelector(%s).innerText`, quoted(selector)))
}

// WantText fails the test where an element does not say that.
func (b *Browser) WantText(selector, want string) {
	b.Helper()
	if got := b.Text(selector); !strings.Contains(got, want) {
		b.Errorf("%s says %q, without %q", selector, got, want)
	}
}

func quoted(text string) string {
	data, _ := json.Marshal(text) // of a string: it cannot fail
	return string(data)
}
