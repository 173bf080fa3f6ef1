package annotated

import (
	"bufio"
	"bytes"
	"html/template"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// render returns the lesson as HTML, with the walks below its blocks.
func (a *annotator) render(blocks map[int][]blockView, templates *template.Template) (string, error) {
	start, end, body := frontMatter(a.source)
	a.base = body
	md := goldmark.New(
		goldmark.WithExtensions(
			// The page's policy forbids style attributes.
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
			extension.Strikethrough,
		),
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(&nodeRenderer{a, blocks, templates}, 1))),
	)
	markdown := a.source[body:]
	root := md.Parser().Parse(text.NewReader(markdown))
	var out bytes.Buffer
	for _, a.survey = range []bool{true, false} {
		out.Reset()
		w := bufio.NewWriter(&out)
		a.piece, a.due = 0, nil
		a.frontMatter(w, start, end)
		if err := md.Renderer().Render(w, markdown, root); err != nil {
			return "", err
		}
	}
	return out.String(), nil
}

// frontMatter writes the front matter, folded.
func (a *annotator) frontMatter(w util.BufWriter, start, end int) {
	if start == end {
		return
	}
	write(w, `<details class="front"><summary>Front matter</summary><pre><code>`)
	for at := start; at < end; {
		next := min(lineEnd(a.source, at), end)
		a.line(w, at, next)
		at = next
	}
	write(w, "</code></pre></details>\n")
}

// nodeRenderer renders the nodes that contain text, and replaces what must not
// reach the page: raw HTML, remote images, and links that run scripts.
type nodeRenderer struct {
	*annotator
	blocks    map[int][]blockView // by the line of the block
	templates *template.Template
}

func (r *nodeRenderer) RegisterFuncs(register renderer.NodeRendererFuncRegisterer) {
	for kind, render := range map[ast.NodeKind]func(util.BufWriter, []byte, ast.Node) error{
		ast.KindText: r.renderText, ast.KindCodeSpan: r.renderCodeSpan, ast.KindAutoLink: r.renderAutoLink, ast.KindImage: r.renderImage,
		ast.KindRawHTML: r.renderRawHTML, ast.KindHTMLBlock: r.renderHTMLBlock, ast.KindCodeBlock: r.renderBlock, ast.KindFencedCodeBlock: r.renderBlock,
	} {
		register.Register(kind, func(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
			if !entering {
				return ast.WalkContinue, nil
			}
			return ast.WalkSkipChildren, render(w, source, node)
		})
	}
	register.Register(ast.KindLink, r.renderLink)
	register.Register(extast.KindTable, r.renderTable)
}

func write(w util.BufWriter, texts ...string) {
	for _, text := range texts {
		_, _ = w.WriteString(text)
	}
}

func (r *nodeRenderer) renderText(w util.BufWriter, _ []byte, node ast.Node) error {
	n := node.(*ast.Text)
	start, stop := r.base+n.Segment.Start, r.base+n.Segment.Stop
	pad(w, n.Segment)
	if n.IsRaw() {
		r.raw(w, start, stop)
		return nil
	}
	r.text(w, start, stop)
	if n.HardLineBreak() {
		write(w, "<br>")
	}
	if n.HardLineBreak() || n.SoftLineBreak() {
		write(w, "\n")
	}
	return nil
}

func (r *nodeRenderer) renderCodeSpan(w util.BufWriter, source []byte, node ast.Node) error {
	write(w, "<code>")
	r.hold()
	for c := node.FirstChild(); c != nil; c = c.NextSibling() {
		segment := c.(*ast.Text).Segment
		stop, broken := segment.Stop, bytes.HasSuffix(segment.Value(source), []byte("\n"))
		if broken {
			stop--
		}
		pad(w, segment)
		r.raw(w, r.base+segment.Start, r.base+stop)
		if broken {
			write(w, " ")
		}
	}
	write(w, "</code>")
	r.release(w)
	return nil
}

func (r *nodeRenderer) renderRawHTML(w util.BufWriter, _ []byte, node ast.Node) error {
	segments := node.(*ast.RawHTML).Segments
	for _, s := range segments.Sliced(0, segments.Len()) {
		pad(w, s)
		r.raw(w, r.base+s.Start, r.base+s.Stop)
	}
	return nil
}

func (r *nodeRenderer) renderHTMLBlock(w util.BufWriter, _ []byte, node ast.Node) error {
	write(w, `<pre class="raw">`)
	r.renderLines(w, node)
	if n := node.(*ast.HTMLBlock); n.HasClosure() {
		r.renderLine(w, n.ClosureLine)
	}
	write(w, "</pre>\n")
	return nil
}

// renderBlock renders a code block, and below it the walks.
func (r *nodeRenderer) renderBlock(w util.BufWriter, _ []byte, node ast.Node) error {
	write(w, "<pre><code>")
	r.renderLines(w, node)
	write(w, "</code></pre>\n")
	if r.survey || node.Lines().Len() == 0 {
		return nil
	}
	line := 1 + bytes.Count(r.source[:r.base+node.Lines().At(0).Start], []byte("\n"))
	if len(r.blocks[line]) == 0 {
		return nil
	}
	r.walked[line] = true
	return r.templates.ExecuteTemplate(w, "walk.html", r.blocks[line])
}

func (r *nodeRenderer) renderLines(w util.BufWriter, n ast.Node) {
	for _, s := range n.Lines().Sliced(0, n.Lines().Len()) {
		r.renderLine(w, s)
	}
}

func (r *nodeRenderer) renderLine(w util.BufWriter, s text.Segment) {
	pad(w, s)
	start, stop := r.base+s.Start, r.base+s.Stop
	r.line(w, start, stop)
	if s.ForceNewline && s.Len() > 0 && !bytes.HasSuffix(r.source[start:stop], []byte("\n")) {
		write(w, "\n")
	}
}

// pad writes the spaces that goldmark took from a tab before the segment.
func pad(w util.BufWriter, s text.Segment) { write(w, strings.Repeat(" ", s.Padding)) }
