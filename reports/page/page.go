// Package page builds the matrix page: the claims of any number of runs down,
// the engines across, in one file that needs no network.
package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"

	"github.com/holdfast/holdfast/helpers/result"
)

//go:embed assets
var assets embed.FS

// scripts stand in the page in this order, in one block.
var scripts = []string{"dom", "model", "state", "panel", "table", "claims", "persistence", "compare", "engines", "main"}

// content is what the template takes. The data are raw JSON and not template.JS:
// so it is the template that escapes them, and whatever an engine answered
// stays text.
type content struct {
	Policy  template.HTMLAttr
	Style   template.CSS
	Script  template.JS
	Index   json.RawMessage
	Details []json.RawMessage
}

// Build writes the page of these runs.
func Build(w io.Writer, sources []Source) error {
	if len(sources) == 0 {
		return errors.New("there is no run to build a page of")
	}
	index, details := merge(sources)
	content, err := dress()
	if err != nil {
		return err
	}
	if content.Index, err = json.Marshal(index); err != nil {
		return err
	}
	for _, detail := range details {
		data, err := json.Marshal(detail)
		if err != nil {
			return err
		}
		content.Details = append(content.Details, data)
	}
	frame, err := template.ParseFS(assets, "assets/page.html")
	if err != nil {
		return err
	}
	return frame.Execute(w, content)
}

// dress reads the style and the script, and the policy that allows these two
// and nothing else: not even a style attribute, and no request.
func dress() (content, error) {
	style, err := assets.ReadFile("assets/page.css")
	if err != nil {
		return content{}, err
	}
	// Executed at once, and not as a module: those wait for all that follows.
	script := bytes.NewBufferString("'use strict';\n{\n")
	for _, name := range scripts {
		part, err := assets.ReadFile("assets/" + name + ".js")
		if err != nil {
			return content{}, err
		}
		script.Write(part)
	}
	script.WriteString("}\n")
	policy := fmt.Sprintf("default-src 'none'; script-src %s; style-src %s; img-src data:; base-uri 'none'; form-action 'none'",
		hash(script.Bytes()), hash(style))
	return content{
		Policy: template.HTMLAttr(`content="` + policy + `"`),
		Style:  template.CSS(style),
		Script: template.JS(script.String()),
	}, nil
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// Write writes the page to a file atomically.
func Write(path string, sources []Source) error {
	var page bytes.Buffer
	if err := Build(&page, sources); err != nil {
		return err
	}
	return result.WriteFile(path, page.Bytes())
}

// Describe counts what a page of these runs shows.
func Describe(sources []Source) string {
	merged, _ := merge(sources)
	return fmt.Sprintf("%s of %s", count(len(merged.Claims), "claim"), count(len(merged.Runs), "run"))
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
