package lesson

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/text"
)

// flow is the text of a Markdown block without the prefixes of its containers, and
// the place of each byte in the source.
type flow struct {
	text []byte
	at   []int
}

// newFlow joins the lines of a block, with LF for CRLF. base is the offset of
// goldmark's source in the lesson's.
func newFlow(source []byte, lines []text.Segment, base int) flow {
	var f flow
	for _, line := range lines {
		start, stop := base+line.Start, min(base+line.Stop, len(source))
		for range line.Padding { // the rest of a tab that a container used a part of
			f.text, f.at = append(f.text, ' '), append(f.at, max(start-1, 0))
		}
		for i := start; i < stop; i++ {
			if source[i] == '\r' && i+1 < len(source) && source[i+1] == '\n' {
				continue
			}
			f.text, f.at = append(f.text, source[i]), append(f.at, i)
		}
	}
	return f
}

// source returns the place of [from, to) in the source.
func (f flow) source(from, to int) (start, end int) {
	if from >= to {
		return 0, 0
	}
	return f.at[from], f.at[to-1] + 1
}

func (l *Lesson) noteGaps(lines []text.Segment, base int) {
	for i := 1; i < len(lines); i++ {
		if gap := (span{base + lines[i-1].Stop, base + lines[i].Start}); gap.start < gap.end {
			l.gaps = append(l.gaps, gap)
		}
	}
}

// foldSource folds white space and the prefixes of containers, so that a quote does
// not depend on how the lesson is wrapped.
func (l *Lesson) foldSource() flow {
	gap := make([]bool, len(l.Source))
	for _, g := range l.gaps {
		for i := g.start; i < g.end; i++ {
			gap[i] = true
		}
	}
	var f flow
	for i, b := range l.Source {
		if gap[i] || isSpace(b) {
			if n := len(f.text); n > 0 && f.text[n-1] == ' ' {
				continue
			}
			b = ' '
		}
		f.text, f.at = append(f.text, b), append(f.at, i)
	}
	return f
}

// fold folds the white space of a quote.
func fold(s string) string { return strings.Join(strings.FieldsFunc(s, foldable), " ") }

func foldable(r rune) bool { return r < utf8.RuneSelf && isSpace(byte(r)) }

func isSpace(b byte) bool {
	return b == ' ' || b == '\t' || b == '\n' || b == '\r' || b == '\f' || b == '\v'
}

func hasWords(b []byte) bool { return bytes.ContainsFunc(b, isWord) }

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

func runeAt(b []byte, i int) rune {
	if i < 0 || i >= len(b) {
		return 0
	}
	r, _ := utf8.DecodeRune(b[i:])
	return r
}
