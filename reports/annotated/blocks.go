package annotated

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
)

// renderBlock renders a block of code, and under it what the walks say of it.
func (d *dresser) renderBlock(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString("<pre><code>")
	d.lines(w, node)
	_, _ = w.WriteString("</code></pre>\n")
	if d.survey || node.Lines().Len() == 0 {
		return ast.WalkContinue, nil
	}
	line := d.lineOf(d.base + node.Lines().At(0).Start)
	said := d.blocks[line]
	if len(said) == 0 {
		return ast.WalkContinue, nil
	}
	d.under[line] = true
	return ast.WalkContinue, d.templates.ExecuteTemplate(w, "walk.html", said)
}

// lineOf is the line that a byte stands in, from 1.
func (p *pen) lineOf(at int) int { return 1 + bytes.Count(p.source[:at], []byte("\n")) }

// front writes the front matter, folded.
func (p *pen) front(w util.BufWriter, start, end int) {
	if start == end {
		return
	}
	_, _ = w.WriteString(`<details class="front"><summary>Front matter</summary><pre><code>`)
	for at := start; at < end; {
		next := min(lineEnd(p.source, at), end)
		line := p.source[at:next]
		indent := len(line) - len(bytes.TrimLeft(line, " \t"))
		_, _ = w.Write(line[:indent])
		p.raw(w, at+indent, next)
		at = next
	}
	_, _ = w.WriteString("</code></pre></details>\n")
}
