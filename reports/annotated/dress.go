package annotated

import (
	"bufio"
	"bytes"
	"html/template"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// lesson writes the lesson as HTML, with what is known of each block under it.
func (p *pen) lesson(blocks map[int][]blockView, templates *template.Template) (string, error) {
	start, end, body := frontMatter(p.source)
	p.base = body
	md := goldmark.New(
		goldmark.WithExtensions(
			// A style attribute would be against the page's policy.
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
			extension.Strikethrough,
		),
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(&dresser{p, blocks, templates}, 1))),
	)
	markdown := p.source[body:]
	root := md.Parser().Parse(text.NewReader(markdown))
	var out bytes.Buffer
	for _, p.survey = range []bool{true, false} {
		out.Reset()
		w := bufio.NewWriter(&out)
		p.piece, p.due = 0, nil
		p.front(w, start, end)
		if err := md.Renderer().Render(w, markdown, root); err != nil {
			return "", err
		}
	}
	return out.String(), nil
}

// dresser renders what holds text, and what of a lesson must not reach a page
// as it is: raw HTML, pictures from elsewhere, links that run.
type dresser struct {
	*pen
	blocks    map[int][]blockView // by the line of the block
	templates *template.Template
}

func (d *dresser) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindText, d.renderText)
	r.Register(ast.KindCodeSpan, d.renderCodeSpan)
	r.Register(ast.KindAutoLink, d.renderAutoLink)
	r.Register(ast.KindLink, d.renderLink)
	r.Register(ast.KindImage, d.renderImage)
	r.Register(ast.KindRawHTML, d.renderRawHTML)
	r.Register(ast.KindHTMLBlock, d.renderHTMLBlock)
	r.Register(ast.KindCodeBlock, d.renderBlock)
	r.Register(ast.KindFencedCodeBlock, d.renderBlock)
	r.Register(extast.KindTable, d.renderTable)
}

func (d *dresser) renderText(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	n := node.(*ast.Text)
	blanks(w, n.Segment.Padding)
	if n.IsRaw() {
		d.raw(w, d.base+n.Segment.Start, d.base+n.Segment.Stop)
		return ast.WalkContinue, nil
	}
	d.text(w, d.base+n.Segment.Start, d.base+n.Segment.Stop)
	if n.HardLineBreak() {
		_, _ = w.WriteString("<br>")
	}
	if n.HardLineBreak() || n.SoftLineBreak() {
		_ = w.WriteByte('\n')
	}
	return ast.WalkContinue, nil
}

func (d *dresser) renderCodeSpan(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString("<code>")
	d.shut()
	for c := node.FirstChild(); c != nil; c = c.NextSibling() {
		segment := c.(*ast.Text).Segment
		stop, broken := segment.Stop, bytes.HasSuffix(segment.Value(source), []byte("\n"))
		if broken {
			stop--
		}
		blanks(w, segment.Padding)
		d.raw(w, d.base+segment.Start, d.base+stop)
		if broken {
			_ = w.WriteByte(' ')
		}
	}
	_, _ = w.WriteString("</code>")
	d.open(w)
	return ast.WalkSkipChildren, nil
}

func (d *dresser) renderRawHTML(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		segments := node.(*ast.RawHTML).Segments
		for _, s := range segments.Sliced(0, segments.Len()) {
			blanks(w, s.Padding)
			d.raw(w, d.base+s.Start, d.base+s.Stop)
		}
	}
	return ast.WalkSkipChildren, nil
}

func (d *dresser) renderHTMLBlock(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString(`<pre class="raw">`)
	d.lines(w, node)
	if n := node.(*ast.HTMLBlock); n.HasClosure() {
		d.line(w, n.ClosureLine)
	}
	_, _ = w.WriteString("</pre>\n")
	return ast.WalkContinue, nil
}

func (d *dresser) lines(w util.BufWriter, n ast.Node) {
	for _, s := range n.Lines().Sliced(0, n.Lines().Len()) {
		d.line(w, s)
	}
}

// line writes a line of code: the blanks that it begins with are not marked.
func (d *dresser) line(w util.BufWriter, s text.Segment) {
	blanks(w, s.Padding)
	start, stop := d.base+s.Start, d.base+s.Stop
	line := d.source[start:stop]
	indent := len(line) - len(bytes.TrimLeft(line, " \t"))
	_, _ = w.Write(line[:indent])
	d.raw(w, start+indent, stop)
	if s.ForceNewline && s.Len() > 0 && !bytes.HasSuffix(line, []byte("\n")) {
		_ = w.WriteByte('\n')
	}
}

func blanks(w util.BufWriter, n int) {
	for range n {
		_ = w.WriteByte(' ')
	}
}
