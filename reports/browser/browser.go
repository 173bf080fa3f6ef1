// Package browser drives a real Chromium for the tests of the report pages.
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

// Browser is a Chromium that shows one page.
type Browser struct {
	*testing.T
	ctx     context.Context
	address string
	ready   string // an expression that is true when the page is loaded
}

// Start opens a page, which is loaded when the expression ready is true. It skips
// the test if Chromium is missing, and fails it if the page logs an error or a
// warning to the console.
func Start(t *testing.T, page, ready string) *Browser {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil && program == "" {
			program = found
		}
	}
	if program == "" {
		t.Skip("Chromium is not installed: apt-get install -y chromium")
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
	// The browser must end before its directory is removed.
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
	received := make(chan []string)
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
		received <- bad
	}()
	b.Cleanup(func() {
		stop()
		for _, message := range <-received {
			b.Errorf("console: %s", message)
		}
	})
}

// On returns the same browser for a subtest.
func (b *Browser) On(t *testing.T) *Browser { return &Browser{t, b.ctx, b.address, b.ready} }

// Address returns the URL of the page.
func (b *Browser) Address() string { return b.address }

// Context returns the context of chromedp actions.
func (b *Browser) Context() context.Context { return b.ctx }

// Size sets the size of the window, in pixels.
func (b *Browser) Size(width, height int64) {
	b.Helper()
	b.Do(chromedp.EmulateViewport(width, height))
}

// Scheme sets the preferred color scheme, light or dark.
func (b *Browser) Scheme(scheme string) {
	b.Helper()
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, media); err != nil {
		b.Fatal(err)
	}
}

// Do runs chromedp actions.
func (b *Browser) Do(actions ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.Fatal(err)
	}
}

// Open reloads the page at a fragment such as "#x".
func (b *Browser) Open(hash string) {
	b.Helper()
	b.Do(chromedp.Navigate("about:blank"), chromedp.Navigate(b.address+"/"+hash))
	b.Wait(b.ready)
}

// staleNode is Chromium's answer about an element that the page has rendered again since it was found.
const staleNode = "Could not find node with given id"

// Click clicks the element that matches. It looks the element up again if the page renders it in between.
func (b *Browser) Click(selector string) {
	b.Helper()
	var err error
	for range 3 {
		if err = chromedp.Do(b.ctx, chromedp.Click(chromedp.CSS(selector))); err == nil || !strings.Contains(err.Error(), staleNode) {
			break
		}
	}
	if err != nil {
		b.Fatalf("clicking %s: %v", selector, err)
	}
}

// Press presses keys.
func (b *Browser) Press(keys ...string) {
	b.Helper()
	for _, key := range keys {
		b.Do(chromedp.KeyEvent(key))
	}
}

// Wait waits until an expression is true. It survives a navigation that is
// under way.
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
	b.Fatalf("not true in time: %s\n%v\n%s", expression, err, Value[string](b, `location.hash + '\n' + document.querySelector('main').innerText.slice(0, 600)`))
}

// Value evaluates an expression in the page.
func Value[T any](b *Browser, expression string) T {
	b.Helper()
	result, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.Fatalf("%s: %v", expression, err)
	}
	return result
}

// Count returns the number of visible elements.
func (b *Browser) Count(selector string) int {
	b.Helper()
	return Value[int](b, visible(selector))
}

// WantCount waits until this many elements are visible.
func (b *Browser) WantCount(selector string, want int) {
	b.Helper()
	b.Wait(fmt.Sprintf("%s === %d", visible(selector), want))
}

func visible(selector string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(%s)].filter((e) => e.checkVisibility()).length`, quoted(selector))
}

// Text returns the visible text of an element.
func (b *Browser) Text(selector string) string {
	b.Helper()
	return Value[string](b, fmt.Sprintf(`document.querySelector(%s).innerText`, quoted(selector)))
}

// WantText fails the test if an element does not contain a text.
func (b *Browser) WantText(selector, want string) {
	b.Helper()
	if got := b.Text(selector); !strings.Contains(got, want) {
		b.Errorf("%s has the text %q, which lacks %q", selector, got, want)
	}
}

func quoted(text string) string {
	data, _ := json.Marshal(text) // never fails for a string
	return string(data)
}
