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

// axeVersion is what the rules are taken from.
const axeVersion = "4.14.1"

// axe returns the rules' script: from the cache, else from npm, which is asked
// once. They are not a part of this project.
func axe(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skipf("no accessibility rules: %v", err)
	}
	folder := filepath.Join(cache, "holdfast", "axe-core")
	archive := filepath.Join(folder, "axe-core-"+axeVersion+".tgz")
	if _, err := os.Stat(archive); err != nil {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		npm := exec.CommandContext(ctx, "npm", "pack", "--prefer-offline", "--ignore-scripts", "--pack-destination", folder, "axe-core@"+axeVersion)
		if output, err := npm.CombinedOutput(); err != nil {
			t.Skipf("no accessibility rules: axe-core cannot be had from npm: %v\n%s", err, output)
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
			t.Fatalf("%s holds no axe.min.js: %v", archive, err)
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

// Accessible fails the test where the page as it stands breaks one of the rules of
// axe-core; at says where one is. It skips the test where the rules cannot be had.
func (b *Browser) Accessible(at string) {
	b.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[chromedp.Void](axe(b.T))); err != nil {
		b.Fatal(err)
	}
	broken, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](`axe.run().then((found) => found.violations.flatMap((rule) =>
		rule.nodes.slice(0, 3).map((node) => rule.id + ': ' + rule.help + ': ' + node.html.slice(0, 200) + ' ' + (node.any[0]?.message ?? ''))))`,
		chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatal(err)
	}
	if len(broken) > 0 {
		b.Errorf("%s:\n  %s", at, strings.Join(broken, "\n  "))
	}
}
