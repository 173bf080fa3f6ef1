// Package page builds the matrix page: the claims of any number of runs down,
// the engines across, in one HTML file that needs no network.
package page

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"html/template"
	"io"

	"github.com/holdfast/holdfast/helpers/result"
	"github.com/holdfast/holdfast/reports/asset"
)

//go:embed assets
var assets embed.FS

// content is the input of the template. Index and Details are raw JSON and not
// template.JS, so that the template escapes what engines answered.
type content struct {
	asset.Bundle
	Index   json.RawMessage
	Details []json.RawMessage
}

// Build writes the page of these runs.
func Build(w io.Writer, sources []Source) error {
	if judged, _ := split(sources); len(judged) == 0 {
		return errors.New("no verdicts to build a page from")
	}
	const dir = "assets/"
	bundle, err := asset.Load(assets, dir+"page.css", dir+"dom.js", dir+"model.js", dir+"state.js", dir+"panel.js", dir+"table.js",
		dir+"claims.js", dir+"persistence.js", dir+"speed.js", dir+"compare.js", dir+"engines.js", dir+"main.js")
	if err != nil {
		return err
	}
	index, details := merge(sources)
	page := content{Bundle: bundle, Details: make([]json.RawMessage, len(details))}
	if page.Index, err = json.Marshal(index); err != nil {
		return err
	}
	for i, detail := range details {
		if page.Details[i], err = json.Marshal(detail); err != nil {
			return err
		}
	}
	parsed, err := template.ParseFS(assets, "assets/page.html")
	if err != nil {
		return err
	}
	return parsed.Execute(w, page)
}

// Write writes the page to a file atomically.
func Write(path string, sources []Source) error {
	var page bytes.Buffer
	if err := Build(&page, sources); err != nil {
		return err
	}
	return result.WriteFile(path, page.Bytes())
}

// Describe counts what a page of these runs shows, "90 claims of 4 runs".
func Describe(sources []Source) string {
	merged, _ := merge(sources)
	return asset.Count(len(merged.Claims), "claim") + " of " + asset.Count(len(merged.Runs), "run")
}
