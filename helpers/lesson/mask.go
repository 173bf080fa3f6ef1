package lesson

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

// Lines of MDX, Hugo, Liquid and MkDocs that are no text. Each is alone on its line.
var (
	fenceLine    = regexp.MustCompile("^[ \t>]*(```+|~~~+)")
	componentTag = regexp.MustCompile(`^\s*(?:</?[A-Z][\w.]*(?:\s[^<>]*)?/?>\s*)+$`)
	shortcode    = regexp.MustCompile(`^\s*(?:\{\{[<%].*[>%]\}\}|\{%.*%\}|\{/\*.*\*/\})\s*$`)
	moduleLine   = regexp.MustCompile(`^(?:import\s+(?:[\w{*].*\sfrom\s+)?['"{]|import\s+\{|import\s+\w+\s+from\s|export\s+(?:const|default|function|let)\s)`)
	mkdocsMarker = regexp.MustCompile(`^\s*(?:!!!|\?\?\?\+?|===\+?)[ \t]+(?:[\w -]*?[ \t]*)?(?:"([^"]*)")?\s*$`)
	included     = regexp.MustCompile(`^\s*(?:\{\{[<%]\s*(?:include|readfile|code-snippet|embed)\b|\{%-?\s*include\b|--8<--|<[A-Z][\w.]*(?:\s[^<>]*)?/>)`)
	alertMarker  = regexp.MustCompile(`(?m)^[ \t>]*>[ \t]*(\[![A-Za-z]+\])[ \t]*\r?$`)
)

// mask returns the source without what the dialects of Markdown add, in which every
// byte keeps its place. It notes the titles in what it removes, and what it does not
// understand.
func (l *Lesson) mask(base int) []byte {
	masked := bytes.Clone(l.Source)
	hide := func(start, end int) {
		for i := start; i < end; i++ {
			if masked[i] != '\n' && masked[i] != '\r' {
				masked[i] = ' '
			}
		}
	}
	for _, at := range alertMarker.FindAllSubmatchIndex(l.Source, -1) {
		hide(at[2], at[3])
	}
	fence, module := "", false
	for at := base; at < len(l.Source); at = l.lineEnd(at) {
		end := l.lineEnd(at)
		line := bytes.TrimRight(l.Source[at:end], "\r\n")
		if found := fenceLine.FindSubmatch(line); found != nil {
			switch mark := string(found[1]); {
			case fence == "":
				fence = mark
			case strings.HasPrefix(mark, fence):
				fence = ""
			}
			continue
		}
		if fence != "" {
			continue
		}
		l.noteUnknown(line, at)
		switch module = module && len(bytes.TrimSpace(line)) > 0 || moduleLine.Match(line) && l.startsParagraph(at); {
		case module, shortcode.Match(line), bytes.HasPrefix(line, []byte("--8<--")):
			hide(at, end)
		case componentTag.Match(line):
			hide(at, end)
			for _, title := range htmlTitle.FindAllSubmatchIndex(line, -1) {
				l.titles = append(l.titles, span{at + title[2], at + title[3]})
			}
		default:
			if marker := mkdocsMarker.FindSubmatchIndex(line); marker != nil {
				// A list item, so that the indented lines below are its content.
				start := at + len(line) - len(bytes.TrimLeft(line, " \t"))
				hide(start, end)
				copy(masked[start:], "- ")
				copy(masked[start+2:end], "x")
				l.markers = append(l.markers, l.LineAt(at))
				if marker[2] >= 0 {
					l.titles = append(l.titles, span{at + marker[2], at + marker[3]})
				}
			}
		}
	}
	return masked
}

// startsParagraph reports whether the line at offset follows a blank line, another
// line of a module, or the front matter.
func (l *Lesson) startsParagraph(at int) bool {
	if at <= l.body || at == 0 {
		return true
	}
	before := l.Source[l.lines[l.LineAt(at-1)-1]:at]
	return len(bytes.TrimSpace(before)) == 0 || moduleLine.Match(before)
}

// noteUnknown notes the first construct of each kind that stands for text elsewhere.
func (l *Lesson) noteUnknown(line []byte, at int) {
	found := included.Find(line)
	if found == nil {
		return
	}
	kind := string(regexp.MustCompile(`^\s*\W+[A-Z]?`).Find(found))
	for _, known := range l.Unknown {
		if strings.Contains(known, ": "+strings.TrimSpace(kind)) {
			return
		}
	}
	l.Unknown = append(l.Unknown, fmt.Sprintf("line %d: %s", l.LineAt(at), bytes.TrimSpace(line)))
}
