package lesson

import (
	"regexp"

	"github.com/yuin/goldmark/ast"
)

var (
	htmlTag = regexp.MustCompile(`(?s)<!--.*?(?:-->|$)|</?([A-Za-z][\w.-]*)[^>]*>|</?>`)
	// textTags are part of a sentence. All others separate sentences.
	textTags  = regexp.MustCompile(`^(?i:a|abbr|b|code|del|em|i|ins|kbd|mark|s|small|span|strong|sub|sup|u|var)$`)
	htmlTitle = regexp.MustCompile(`\b(?:title|label|summary)="([^"]*)"`)
)

// html adds the sentences of a block of HTML or JSX, and the titles in its tags.
func (w *walker) html(n *ast.HTMLBlock) {
	lines := segments(n)
	if n.HasClosure() {
		lines = append(lines, n.ClosureLine)
	}
	w.noteGaps(lines, w.base)
	f := newFlow(w.Source, lines, w.base)
	if len(lines) > 0 {
		w.htmlLinks(f.text, w.base+lines[0].Start)
	}
	may := make([]bool, len(f.text))
	for i := range may {
		may[i] = true
	}
	add := func(from, to int) {
		for _, s := range split(f.text[from:to], may[from:to], nil) {
			if hasWords(htmlTag.ReplaceAll(f.text[from+s.start:from+s.end], nil)) {
				start, end := f.source(from+s.start, from+s.end)
				w.addStatement(HTML, start, end, -1)
			}
		}
	}
	from := 0
	for _, tag := range htmlTag.FindAllSubmatchIndex(f.text, -1) {
		if tag[2] >= 0 && textTags.Match(f.text[tag[2]:tag[3]]) {
			clear(may[tag[0]:tag[1]])
			continue
		}
		add(from, tag[0])
		from = tag[1]
		if title := htmlTitle.FindSubmatchIndex(f.text[tag[0]:tag[1]]); title != nil && f.text[tag[0]+1] != '!' {
			add(tag[0]+title[2], tag[0]+title[3])
		}
	}
	add(from, len(f.text))
}
