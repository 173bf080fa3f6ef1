package lesson

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// walker turns goldmark's tree into statements. goldmark reads the source from base
// on, so base is added to each of its positions.
type walker struct {
	*Lesson
	base    int
	path    []Section // the headings above the current node
	caption caption   // of the next block
}

func (l *Lesson) walk(base int) {
	md := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Footnote))
	w := &walker{Lesson: l, base: base}
	root := md.Parser().Parse(text.NewReader(l.mask(base)[base:]))
	w.children(root, Sentence)
}

func (w *walker) children(parent ast.Node, kind Kind) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			if parent.Kind() == ast.KindDocument {
				w.heading(n)
			}
		case *ast.Paragraph, *ast.TextBlock:
			w.paragraph(n, kind)
		case *ast.ListItem:
			w.children(n, Item)
		case *ast.FencedCodeBlock:
			info := ""
			if n.Info != nil {
				info = string(n.Info.Segment.Value(w.Source[w.base:]))
			}
			w.block(n, info)
		case *ast.CodeBlock:
			w.block(n, "")
		case *ast.HTMLBlock:
			w.html(n)
		case *extast.Table:
			w.rows(n)
		case *extast.Footnote:
			if !w.isSource(n) {
				w.children(n, kind)
			}
		default:
			if n.Type() == ast.TypeBlock {
				w.children(n, kind)
			}
		}
	}
}

func (w *walker) heading(n *ast.Heading) {
	at := n.Pos()
	lines := segments(n)
	if len(lines) > 0 {
		at = lines[0].Start
	}
	if at < 0 {
		return
	}
	w.links(n)
	line := w.LineAt(w.base + at)
	title := strings.Join(strings.Fields(string(newFlow(w.Source, lines, w.base).text)), " ")
	s := Section{Title: title, Level: n.Level, Line: line, Start: max(w.lines[line-1], w.base)}
	for len(w.path) > 0 && w.path[len(w.path)-1].Level >= s.Level {
		w.path = w.path[:len(w.path)-1]
	}
	w.path = append(w.path, s)
	for _, above := range w.path {
		s.Path = append(s.Path, above.Title)
	}
	w.Sections = append(w.Sections, s)
	if f := newFlow(w.Source, lines, w.base); len(f.text) > 0 {
		start, end := f.source(0, len(f.text))
		w.addStatement(Heading, start, end, -1)
	}
}

func (w *walker) paragraph(n ast.Node, kind Kind) {
	lines := segments(n)
	w.noteGaps(lines, w.base)
	w.links(n)
	if len(lines) > 0 && isCode(n.NextSibling()) {
		last := lines[len(lines)-1]
		w.caption = parseCaption(string(last.Value(w.Source[w.base:])))
		if w.caption.kind != "" {
			lines = lines[:len(lines)-1]
		}
	}
	// Directives as in Docusaurus (:::note) separate paragraphs.
	from := 0
	for i := 0; i <= len(lines); i++ {
		if i == len(lines) || bytes.HasPrefix(lines[i].Value(w.Source[w.base:]), []byte(":::")) || slices.Contains(w.markers, w.LineAt(w.base+lines[i].Start)) {
			w.sentences(n, lines[from:i], kind)
			from = i + 1
		}
		if from == i+1 && i < len(lines) {
			w.directive(lines[i], kind)
		}
	}
}

var directiveTitle = regexp.MustCompile(`^:::+[ \t]*[\w-]+(?:\[([^\]\n]*)\]|[ \t]+([^\s{].*))?`)

// directive adds the title of a directive: ":::danger Title" or ":::danger[Title]".
func (w *walker) directive(line text.Segment, kind Kind) {
	at := directiveTitle.FindSubmatchIndex(line.Value(w.Source[w.base:]))
	for group := 2; group < len(at); group += 2 {
		if start := w.base + line.Start; at[group] >= 0 {
			w.addStatement(kind, start+at[group], start+at[group+1], -1)
		}
	}
}

func (w *walker) sentences(n ast.Node, lines []text.Segment, kind Kind) {
	f := w.withoutFootnotes(newFlow(w.Source, lines, w.base), n)
	prose, breaks := w.prose(n)
	may := make([]bool, len(f.text))
	var hard []int
	for i, at := range f.at {
		may[i] = prose[at]
		if breaks[at] {
			hard = append(hard, i+1)
		}
	}
	for _, s := range split(f.text, may, hard) {
		start, end := f.source(s.start, s.start+len(bytes.TrimRightFunc(f.text[s.start:s.end], foldable)))
		w.addStatement(kind, start, end, -1)
	}
}

// prose finds the bytes of a paragraph that are plain text, where a dot may end a
// sentence, and the last bytes before hard line breaks.
func (w *walker) prose(n ast.Node) (plain, breaks map[int]bool) {
	plain, breaks = map[int]bool{}, map[int]bool{}
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if n.Kind() == ast.KindCodeSpan || n.Kind() == ast.KindImage {
			return ast.WalkSkipChildren, nil
		}
		if t, ok := n.(*ast.Text); ok && entering {
			for i := t.Segment.Start; i < t.Segment.Stop; i++ {
				plain[w.base+i] = true
			}
			if t.HardLineBreak() {
				breaks[w.base+t.Segment.Stop-1] = true
			}
		}
		return ast.WalkContinue, nil
	})
	return plain, breaks
}

// source matches a footnote that says only where a statement comes from: an address or
// a link, and a title.
var source = regexp.MustCompile(`^(?:<?https?://\S+|\[[^\]]*\]\([^)]*\)\.?)(?:\s+"[^"]*")?$`)

// isSource reports whether a footnote claims nothing, but names a source.
func (w *walker) isSource(footnote ast.Node) bool {
	n := footnote.FirstChild()
	if n == nil || n.NextSibling() != nil {
		return false
	}
	return source.Match(bytes.TrimSpace(newFlow(w.Source, segments(n), w.base).text))
}

// withoutFootnotes removes the references to footnotes, such as [^1], from the text of a paragraph.
func (w *walker) withoutFootnotes(f flow, paragraph ast.Node) flow {
	refs := map[int]bool{}
	_ = ast.Walk(paragraph, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if n.Kind() == extast.KindFootnoteLink && entering {
			start := w.base + n.Pos()
			start += bytes.IndexByte(w.Source[start:], '[')
			end := start + bytes.IndexByte(w.Source[start:], ']') + 1
			w.references = append(w.references, span{start, end})
			for i := start; i < end; i++ {
				refs[i] = true
			}
		}
		return ast.WalkContinue, nil
	})
	var kept flow
	for i, at := range f.at {
		if !refs[at] {
			kept.text, kept.at = append(kept.text, f.text[i]), append(kept.at, at)
		}
	}
	return kept
}

func (w *walker) rows(table *extast.Table) {
	for n := table.FirstChild(); n != nil; n = n.NextSibling() {
		w.links(n)
		kind := Row
		if n.Kind() == extast.KindTableHeader {
			kind = Header
		}
		if n.Pos() >= 0 {
			start := w.base + n.Pos()
			w.addStatement(kind, start, w.lineEnd(start), -1)
		}
	}
}

func segments(n ast.Node) []text.Segment {
	lines := n.Lines()
	if lines == nil {
		return nil
	}
	return lines.Sliced(0, lines.Len())
}

func isCode(n ast.Node) bool {
	return n != nil && (n.Kind() == ast.KindFencedCodeBlock || n.Kind() == ast.KindCodeBlock)
}
