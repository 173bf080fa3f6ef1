package annotated

import (
	"bytes"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
)

// harmless tells whether a lesson's link may lead there: to the web, to a
// letter, or to a place without a scheme.
func harmless(address []byte) bool {
	end := bytes.IndexAny(address, ":/?#")
	if end < 0 || address[end] != ':' {
		return true
	}
	return slices.Contains([]string{"http", "https", "mailto"}, strings.ToLower(string(address[:end])))
}

// begin opens a link; one that is not harmless leads nowhere.
func begin(w util.BufWriter, address, title []byte) {
	_, _ = w.WriteString("<a")
	if harmless(address) {
		_, _ = w.WriteString(` rel="noopener noreferrer" href="`)
		_, _ = w.Write(util.EscapeHTML(util.URLEscape(address, true)))
		_ = w.WriteByte('"')
	}
	if title != nil {
		_, _ = w.WriteString(` title="`)
		_, _ = w.Write(util.EscapeHTML(title))
		_ = w.WriteByte('"')
	}
	_ = w.WriteByte('>')
}

func (d *dresser) renderLink(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n := node.(*ast.Link)
	if entering {
		begin(w, n.Destination, n.Title)
		d.shut()
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString("</a>")
	d.open(w)
	return ast.WalkContinue, nil
}

func (d *dresser) renderAutoLink(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	n := node.(*ast.AutoLink)
	address, label := n.URL(source), n.Label(source)
	if n.AutoLinkType == ast.AutoLinkEmail && !bytes.HasPrefix(bytes.ToLower(address), []byte("mailto:")) {
		address = append([]byte("mailto:"), address...)
	}
	begin(w, address, nil)
	d.shut()
	// goldmark tells where the < stands, and not where its text does.
	if at := n.Pos() + len("<"); n.Pos() >= 0 && bytes.HasPrefix(source[at:], label) {
		d.raw(w, d.base+at, d.base+at+len(label))
	} else {
		_, _ = w.Write(util.EscapeHTML(label))
	}
	_, _ = w.WriteString("</a>")
	d.open(w)
	return ast.WalkContinue, nil
}

// renderImage says what a picture shows: the page loads nothing.
func (d *dresser) renderImage(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	n := node.(*ast.Image)
	_, _ = w.WriteString(`<span class="picture" role="img" aria-label="`)
	_, _ = w.Write(util.EscapeHTML(append([]byte("picture: "), spoken(n, source)...)))
	_, _ = w.WriteString(`" title="`)
	_, _ = w.Write(util.EscapeHTML(n.Destination))
	_, _ = w.WriteString(`"></span>`)
	return ast.WalkSkipChildren, nil
}

// spoken is the text of a node without its markup.
func spoken(n ast.Node, source []byte) (text []byte) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			text = append(text, t.Segment.Value(source)...)
		} else {
			text = append(text, spoken(c, source)...)
		}
	}
	return text
}

// renderTable lets a table that is too wide scroll by itself.
func (d *dresser) renderTable(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString("<div class=\"wide\" role=\"group\" tabindex=\"0\" aria-label=\"Table\"><table>\n")
	} else {
		_, _ = w.WriteString("</table></div>\n")
	}
	return ast.WalkContinue, nil
}
