package annotated

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"regexp"
	"strings"

	"github.com/holdfast/holdfast/reports/asset"
)

//go:embed assets
var assets embed.FS

// frame is the input of the page's template.
type frame struct {
	*view
	asset.Bundle
	Data json.RawMessage // for the script; the template escapes it
}

func parseTemplates() (*template.Template, error) {
	return template.New("").Funcs(template.FuncMap{
		// Ids are valid fragments; the template escapes anything else.
		"to":   func(id string) template.URL { return template.URL("#" + id) },
		"line": line, "marked": marked, "flat": flat, "sign": func(of string) string { return signs[of] },
		"seconds": seconds, "count": asset.Count, "short": func(sum string) string { return sum[:min(12, len(sum))] },
		"screen": func(text string) string { return strings.ReplaceAll(text, "\n", "\n> ") },
	}).ParseFS(assets, "assets/*.html")
}

// newFrame bundles the page's style, script and data.
func newFrame(v *view) (*frame, error) {
	const dir = "assets/"
	bundle, err := asset.Load(assets, dir+"lesson.css", dir+"engine.js", dir+"panel.js", dir+"main.js")
	if err != nil {
		return nil, err
	}
	type claim struct {
		ID      string `json:"id"`
		Letters string `json:"letters"`
		Differs bool   `json:"differs"`
	}
	data := struct {
		Engines []string `json:"engines"`
		Claims  []claim  `json:"claims"`
	}{}
	for _, e := range v.Engines {
		data.Engines = append(data.Engines, e.Title)
	}
	for _, c := range v.Claims {
		data.Claims = append(data.Claims, claim{c.ID, c.letters(), c.Differs})
	}
	encoded, err := json.Marshal(data)
	return &frame{view: v, Bundle: bundle, Data: encoded}, err
}

var codeOrAddress = regexp.MustCompile("`[^`]+`|https?://[^\\s<>\"'`)]+")

// marked renders text between backquotes as code, and web addresses as links.
func marked(text string) template.HTML {
	var out strings.Builder
	at := 0
	for _, found := range codeOrAddress.FindAllStringIndex(text, -1) {
		out.WriteString(template.HTMLEscapeString(text[at:found[0]]))
		part := template.HTMLEscapeString(strings.Trim(text[found[0]:found[1]], "`"))
		if text[found[0]] == '`' {
			fmt.Fprintf(&out, "<code>%s</code>", part)
		} else {
			fmt.Fprintf(&out, `<a href="%s" rel="noopener noreferrer">%s</a>`, part, part)
		}
		at = found[1]
	}
	out.WriteString(template.HTMLEscapeString(text[at:]))
	return template.HTML(out.String())
}

// line renders one line of an output. A blank line is shown as such.
func line(text *string) template.HTML {
	switch {
	case text == nil:
		return ""
	case strings.TrimSpace(*text) == "":
		return "<i>a blank line</i>"
	}
	return template.HTML("<code>" + template.HTMLEscapeString(*text) + "</code>")
}

func seconds(n float64) string {
	if n < 0.1 {
		return fmt.Sprintf("%.0f ms", n*1000)
	}
	return fmt.Sprintf("%.1f s", n)
}
