//go:build chromedp

package page

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

	"github.com/chromedp/chromedp"
)

// browser is a real Chromium on one page.
type browser struct {
	*testing.T
	ctx     context.Context
	address string
}

// chromium starts a browser on the page of these runs. It fails the test where
// the page writes an error or a warning to the console.
func chromium(t *testing.T, sources []Source) *browser {
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
	page := build(t, sources)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, page)
	}))
	t.Cleanup(server.Close)

	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
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
	b := &browser{t, ctx, server.URL}
	b.listen()
	b.do(chromedp.EmulateViewport(1280, 800))
	b.open("")
	return b
}

func (b *browser) listen() {
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

// on is the same browser in a part of the test.
func (b *browser) on(t *testing.T) *browser { return &browser{t, b.ctx, b.address} }

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.Fatal(err)
	}
}

// open loads the page anew, at an address within it.
func (b *browser) open(hash string) {
	b.Helper()
	b.do(chromedp.Navigate("about:blank"), chromedp.Navigate(b.address+"/"+hash))
	b.wait(`document.querySelector('main .view') !== null`)
}

func (b *browser) click(selector string) {
	b.Helper()
	b.do(chromedp.Click(chromedp.CSS(selector)))
}

func (b *browser) press(keys ...string) {
	b.Helper()
	for _, key := range keys {
		b.do(chromedp.KeyEvent(key))
	}
}

// wait waits until an expression is true, across the navigation that a step
// may have begun.
func (b *browser) wait(expression string) {
	b.Helper()
	var err error
	for range 3 {
		_, err = chromedp.Run(b.ctx, chromedp.Poll[chromedp.Void](expression, chromedp.WithPollingTimeout(5*time.Second)))
		if err == nil {
			return
		}
		if !strings.Contains(err.Error(), "context") {
			break
		}
	}
	b.Fatalf("never became true: %s\n%v\n%s", expression, err, value[string](b, `location.hash + '\n' + document.querySelector('main').innerText.slice(0, 600)`))
}

// value asks the page.
func value[T any](b *browser, expression string) T {
	b.Helper()
	result, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.Fatalf("%s: %v", expression, err)
	}
	return result
}

// count is the number of elements that can be seen.
func (b *browser) count(selector string) int {
	b.Helper()
	return value[int](b, fmt.Sprintf(`[...document.querySelectorAll(%s)].filter((e) => e.checkVisibility()).length`, quoted(selector)))
}

func (b *browser) wantCount(selector string, want int) {
	b.Helper()
	b.wait(fmt.Sprintf(`[...document.querySelectorAll(%s)].filter((e) => e.checkVisibility()).length === %d`, quoted(selector), want))
}

func (b *browser) text(selector string) string {
	b.Helper()
	return value[string](b, fmt.Sprintf(`document.querySelector(%s).innerText`, quoted(selector)))
}

func (b *browser) wantText(selector, want string) {
	b.Helper()
	if got := b.text(selector); !strings.Contains(got, want) {
		b.Errorf("%s says %q, without %q", selector, got, want)
	}
}

func quoted(text string) string {
	data, _ := json.Marshal(text) // of a string: it cannot fail
	return string(data)
}
