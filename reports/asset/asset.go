// Package asset bundles the style sheets and scripts of a report into one HTML
// file that needs no network.
package asset

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io/fs"
)

// base is the style sheet that every page begins with.
//
//go:embed base.css
var base string

// Bundle holds the style and the script of a page, and the Content-Security-Policy
// that allows these two and nothing else: no request, not even a style attribute.
type Bundle struct {
	Policy template.HTMLAttr
	Style  template.CSS
	Script template.JS
}

// Load reads a style sheet and scripts. The scripts share one block, in this order.
func Load(files fs.FS, style string, scripts ...string) (Bundle, error) {
	own, err := fs.ReadFile(files, style)
	if err != nil {
		return Bundle{}, err
	}
	css := base + string(own)
	// A classic script runs at once; a module would wait for the rest of the page.
	js := "'use strict';\n{\n"
	for _, name := range scripts {
		part, err := fs.ReadFile(files, name)
		if err != nil {
			return Bundle{}, err
		}
		js += string(part)
	}
	js += "}\n"
	policy := fmt.Sprintf(`content="default-src 'none'; script-src %s; style-src %s; img-src data:; base-uri 'none'; form-action 'none'"`, hash(js), hash(css))
	return Bundle{template.HTMLAttr(policy), template.CSS(css), template.JS(js)}, nil
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// Count returns a number with its noun, "1 claim" or "2 claims".
func Count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
