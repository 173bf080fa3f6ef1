package lesson

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
)

// Link is a link or an image of a lesson.
type Link struct {
	Target string
	Line   int
}

var (
	htmlTarget = regexp.MustCompile(`(?i)\b(?:href|src)=["']([^"']*)["']`)
	headingID  = regexp.MustCompile(`[ \t]*\{#([^}\s]+)\}$`)
	anchorTag  = regexp.MustCompile(`(?i)\b(?:id|name)=["']([^"']+)["']`)
)

// links collects the links and images of a paragraph, a heading or a table row.
func (w *walker) links(n ast.Node) {
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		target := ""
		switch n := n.(type) {
		case *ast.Link:
			target = string(n.Destination)
		case *ast.Image:
			target = string(n.Destination)
		case *ast.RawHTML:
			for i := range n.Segments.Len() {
				segment := n.Segments.At(i)
				w.htmlLinks(segment.Value(w.Source[w.base:]), w.base+segment.Start)
			}
		}
		if target != "" {
			w.Links = append(w.Links, Link{target, w.LineAt(w.base + max(n.Pos(), 0))})
		}
		return ast.WalkContinue, nil
	})
}

func (w *walker) htmlLinks(text []byte, at int) {
	for _, found := range htmlTarget.FindAllSubmatchIndex(text, -1) {
		w.Links = append(w.Links, Link{string(text[found[2]:found[3]]), w.LineAt(at + found[2])})
	}
}

// DeadLinks describes the links whose target does not exist: files and images relative
// to the lesson's file, and headings. It does not look at other hosts.
func (l *Lesson) DeadLinks(file string) (dead []string) {
	for _, link := range l.Links {
		target, err := url.Parse(link.Target)
		if err != nil {
			dead = append(dead, fmt.Sprintf("%d: the link %q is not valid: %v", link.Line, link.Target, err))
			continue
		}
		if target.IsAbs() || target.Host != "" || strings.HasPrefix(target.Path, "/") {
			continue
		}
		anchors := l.Anchors
		if target.Path != "" {
			path := filepath.Join(filepath.Dir(file), filepath.FromSlash(target.Path))
			if _, err := os.Stat(path); err != nil {
				dead = append(dead, fmt.Sprintf("%d: the link %q leads to no file", link.Line, link.Target))
				continue
			}
			anchors = func() map[string]bool { return anchorsOf(path) }
		}
		if target.Fragment == "" {
			continue
		}
		if known := anchors(); known != nil && !known[target.Fragment] {
			dead = append(dead, fmt.Sprintf("%d: the link %q leads to no heading", link.Line, link.Target))
		}
	}
	return dead
}

// anchorsOf returns the anchors of another Markdown file, nil for other files.
func anchorsOf(path string) map[string]bool {
	if !strings.HasSuffix(path, ".md") && !strings.HasSuffix(path, ".mdx") {
		return nil
	}
	source, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	other, err := Parse(filepath.Base(path), source)
	if err != nil {
		return nil
	}
	return other.Anchors()
}

// Anchors returns the anchors of the headings, as GitHub makes them, and those that
// HTML tags define.
func (l *Lesson) Anchors() map[string]bool {
	known := map[string]bool{"": true, "top": true}
	for _, s := range l.Sections {
		if id := headingID.FindStringSubmatch(s.Title); id != nil {
			known[id[1]] = true
			continue
		}
		slug := slugOf(s.Title)
		for i := 1; known[slug]; i++ {
			slug = fmt.Sprintf("%s-%d", slugOf(s.Title), i)
		}
		known[slug] = true
	}
	for _, found := range anchorTag.FindAllSubmatch(l.Source, -1) {
		known[string(found[1])] = true
	}
	return known
}

var (
	inlineLink = regexp.MustCompile(`!?\[([^\]]*)\]\([^)]*\)`)
	inlineMark = regexp.MustCompile("[*`~]|<[^>]*>")
)

// slugOf turns the title of a heading into its anchor.
func slugOf(title string) string {
	title = inlineMark.ReplaceAllString(inlineLink.ReplaceAllString(title, "$1"), "")
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-', r == '_', isWord(r):
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSpace(title))
}
