package annotated

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"regexp"
	"strings"
)

//go:embed assets
var assets embed.FS

// scripts stand in the page in this order, in one block.
var scripts = []string{"engine", "panel", "main"}

// frame is what the page's template takes.
type frame struct {
	*view
	Policy template.HTMLAttr
	Style  template.CSS
	Script template.JS
	Data   json.RawMessage // what the script needs of the claims: escaped by the template
}

func parse() (*template.Template, error) {
	return template.New("").Funcs(template.FuncMap{
		// An id holds no more than a fragment may; what else there is, is escaped.
		"to":   func(id string) template.URL { return template.URL("#" + id) },
		"line": line, "marked": marked, "flat": flat, "sign": func(of string) string { return signs[of] },
		"seconds": seconds, "count": count, "short": func(sum string) string { return sum[:min(12, len(sum))] },
		"screen": func(text string) string { return strings.ReplaceAll(text, "\n", "\n> ") },
	}).ParseFS(assets, "assets/*.html")
}

// newFrame reads the style and the script, and writes the policy that allows
// these two and nothing else: not even a style attribute, and no request.
func newFrame(v *view) (*frame, error) {
	style, err := assets.ReadFile("assets/lesson.css")
	if err != nil {
		return nil, err
	}
	script := bytes.NewBufferString("'use strict';\n{\n")
	for _, name := range scripts {
		part, err := assets.ReadFile("assets/" + name + ".js")
		if err != nil {
			return nil, err
		}
		script.Write(part)
	}
	script.WriteString("}\n")
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
		data.Claims = append(data.Claims, claim{c.ID, c.Letters(), c.Differs})
	}
	encoded, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	policy := fmt.Sprintf("default-src 'none'; script-src %s; style-src %s; img-src data:; base-uri 'none'; form-action 'none'",
		hash(script.Bytes()), hash(style))
	return &frame{
		view: v, Policy: template.HTMLAttr(`content="` + policy + `"`), Style: template.CSS(style),
		Script: template.JS(script.String()), Data: encoded,
	}, nil
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

var telling = regexp.MustCompile("`[^`]+`|https?://[^\\s<>\"'`)]+")

// marked is a text in which what stands between backquotes is code, and web
// addresses can be followed.
func marked(text string) template.HTML {
	var out strings.Builder
	at := 0
	for _, found := range telling.FindAllStringIndex(text, -1) {
		out.WriteString(template.HTMLEscapeString(text[at:found[0]]))
		part := text[found[0]:found[1]]
		if code, is := strings.CutPrefix(part, "`"); is {
			fmt.Fprintf(&out, "<code>%s</code>", template.HTMLEscapeString(strings.TrimSuffix(code, "`")))
		} else {
			address := template.HTMLEscapeString(part)
			fmt.Fprintf(&out, `<a href="%s" rel="noopener noreferrer">%s</a>`, address, address)
		}
		at = found[1]
	}
	out.WriteString(template.HTMLEscapeString(text[at:]))
	return template.HTML(out.String())
}

// line is one line of an output; an empty one is said to be there.
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

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
