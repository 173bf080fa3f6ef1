package annotated

import (
	"bytes"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
)

// isSafe reports whether a link of the lesson may be followed: to the web, to a
// mail address, or to an address without a scheme.
func isSafe(address []byte) bool {
	end := bytes.IndexAny(address, ":/?#")
	if end < 0 || address[end] != ':' {
		return true
	}
	return slices.Contains([]string{"http", "https", "mailto"}, strings.ToLower(string(address[:end])))
}

// openLink starts a link. An unsafe one has no address.
func (r *nodeRenderer) openLink(w util.BufWriter, address, title []byte) {
	write(w, "<a")
	if isSafe(address) {
		write(w, ` rel="noopener noreferrer" href="`, escape(util.URLEscape(address, true)), `"`)
	}
	if title != nil {
		write(w, ` title="`, escape(title), `"`)
	}
	write(w, ">")
	r.hold()
}

func (r *nodeRenderer) closeLink(w util.BufWriter) {
	write(w, "</a>")
	r.release(w)
}

func escape(text []byte) string { return string(util.EscapeHTML(text)) }

func (r *nodeRenderer) renderLink(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if n := node.(*ast.Link); entering {
		r.openLink(w, n.Destination, n.Title)
	} else {
		r.closeLink(w)
	}
	return ast.WalkContinue, nil
}

func (r *nodeRenderer) renderAutoLink(w util.BufWriter, source []byte, node ast.Node) error {
	n := node.(*ast.AutoLink)
	address, label := n.URL(source), n.Label(source)
	if n.AutoLinkType == ast.AutoLinkEmail && !bytes.HasPrefix(bytes.ToLower(address), []byte("mailto:")) {
		address = append([]byte("mailto:"), address...)
	}
	r.openLink(w, address, nil)
	// goldmark gives the position of the < and not of the text.
	if at := n.Pos() + len("<"); n.Pos() >= 0 && bytes.HasPrefix(source[at:], label) {
		r.raw(w, r.base+at, r.base+at+len(label))
	} else {
		write(w, escape(label))
	}
	r.closeLink(w)
	return nil
}

// renderImage writes what an image shows, because the page loads nothing.
func (r *nodeRenderer) renderImage(w util.BufWriter, source []byte, node ast.Node) error {
	n := node.(*ast.Image)
	write(w, `<span class="picture" role="img" aria-label="picture: `, escape(textOf(n, source)), `" title="`, escape(n.Destination), `"></span>`)
	return nil
}

// textOf returns the text of a node without its markup.
func textOf(n ast.Node, source []byte) (text []byte) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			text = append(text, t.Segment.Value(source)...)
		} else {
			text = append(text, textOf(c, source)...)
		}
	}
	return text
}

// renderTable lets a wide table scroll by itself.
func (r *nodeRenderer) renderTable(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		write(w, `<div class="wide" role="group" tabindex="0" aria-label="Table"><table>`, "\n")
	} else {
		write(w, "</table></div>\n")
	}
	return ast.WalkContinue, nil
}
