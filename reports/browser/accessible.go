package browser

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// axeVersion is the version of axe-core, the accessibility rules.
const axeVersion = "4.14.1"

// axe returns the script of axe-core. It is downloaded from npm once and cached.
func axe(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skipf("axe-core: no cache directory: %v", err)
	}
	dir := filepath.Join(cache, "holdfast", "axe-core")
	archive := filepath.Join(dir, "axe-core-"+axeVersion+".tgz")
	if _, err := os.Stat(archive); err != nil {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		npm := exec.CommandContext(ctx, "npm", "pack", "--prefer-offline", "--ignore-scripts", "--pack-destination", dir, "axe-core@"+axeVersion)
		if output, err := npm.CombinedOutput(); err != nil {
			t.Skipf("axe-core: downloading it from npm: %v\n%s", err, output)
		}
	}
	file, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatalf("%s: %v", archive, err)
	}
	for files := tar.NewReader(unzipped); ; {
		header, err := files.Next()
		if err != nil {
			t.Fatalf("%s contains no axe.min.js: %v", archive, err)
		}
		if header.Name == "package/axe.min.js" {
			script, err := io.ReadAll(files)
			if err != nil {
				t.Fatal(err)
			}
			return string(script)
		}
	}
}

// Accessible fails the test if the page in its current state violates a rule of
// axe-core, and names the state. It skips the test if axe-core is unavailable.
func (b *Browser) Accessible(state string) {
	b.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[chromedp.Void](axe(b.T))); err != nil {
		b.Fatal(err)
	}
	violations, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](`axe.run().then((found) => found.violations.flatMap((rule) =>
		rule.nodes.slice(0, 3).map((node) => rule.id + ': ' + rule.help + ': ' + node.html.slice(0, 200) + ' ' + (node.any[0]?.message ?? ''))))`,
		chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatal(err)
	}
	if len(violations) > 0 {
		b.Errorf("%s:\n  %s", state, strings.Join(violations, "\n  "))
	}
}
