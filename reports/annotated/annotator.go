package annotated

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"

	"github.com/holdfast/holdfast/helpers/result"
)

// mark is a marked range of the lesson's bytes.
type mark struct {
	start, end int
	claim      int    // its position among the claims, or -1
	class      string // for the first engine
	title      string // the tooltip of a mark without a claim
	sign       template.HTML
	placed     *bool // set if the text has any part of the mark
}

// annotator writes the lesson's text with its marks. It never changes the text: a
// mark adds an element around each of its pieces, and a sign behind the last.
//
// The lesson is written twice: the first pass finds the last piece of each mark.
type annotator struct {
	source []byte
	base   int // added to goldmark's positions
	marks  []mark
	survey bool         // this is the first pass
	last   []int        // for each mark the number of its last piece, -1 if it has none
	piece  int          // pieces written
	due    []int        // marks whose sign comes next
	closed int          // greater than 0 within links and code spans, where no sign may be
	walked map[int]bool // lines of the blocks that show a walk
	writer html.Writer
}

func newAnnotator(source []byte, marks []mark) *annotator {
	return &annotator{source: source, marks: marks, last: slices.Repeat([]int{-1}, len(marks)), walked: map[int]bool{}, writer: html.NewWriter()}
}

// rawToken returns the length of the next character.
func rawToken(text []byte) int {
	_, size := utf8.DecodeRune(text)
	return size
}

// token returns the length of the next character, Markdown escape or HTML
// reference. These cannot be split.
func token(text []byte) int {
	switch {
	case text[0] == '\\' && len(text) > 1 && util.IsPunct(text[1]):
		return 2
	case text[0] == '&':
		for i := 1; i < len(text); i++ {
			if c := text[i]; c == ';' {
				return i + 1
			} else if !util.IsAlphaNumeric(c) && c != '#' {
				break
			}
		}
		return 1
	}
	return rawToken(text)
}

// text writes a range of Markdown text.
func (a *annotator) text(w util.BufWriter, start, stop int) {
	a.pieces(w, start, stop, token, a.writer.Write)
}

// raw writes a range without escapes, such as code.
func (a *annotator) raw(w util.BufWriter, start, stop int) {
	a.pieces(w, start, stop, rawToken, a.writer.RawWrite)
}

// line writes a line of code. Its indent is not marked.
func (a *annotator) line(w util.BufWriter, start, stop int) {
	first := stop - len(bytes.TrimLeft(a.source[start:stop], " \t"))
	write(w, string(a.source[start:first]))
	a.raw(w, first, stop)
}

// pieces splits a range where marks begin or end.
func (a *annotator) pieces(w util.BufWriter, start, stop int, token func([]byte) int, render func(util.BufWriter, []byte)) {
	var near []int
	for i, m := range a.marks {
		if m.start < stop && m.end > start {
			near = append(near, i)
		}
	}
	from, current := start, []int(nil)
	for at := start; at < stop; {
		next := at + token(a.source[at:stop])
		var marks []int
		// A line end is never marked, so that no sign moves to the next line.
		if c := a.source[at]; c != '\n' && c != '\r' {
			for _, i := range near {
				if a.marks[i].start < next && a.marks[i].end > at {
					marks = append(marks, i)
				}
			}
		}
		if !slices.Equal(marks, current) {
			a.put(w, from, at, current, render)
			from, current = at, marks
		}
		at = next
	}
	a.put(w, from, stop, current, render)
}

// put writes one piece and the signs behind it.
func (a *annotator) put(w util.BufWriter, start, stop int, marks []int, render func(util.BufWriter, []byte)) {
	if start == stop {
		return
	}
	if len(marks) == 0 {
		render(w, a.source[start:stop])
		return
	}
	write(w, a.opening(marks))
	render(w, a.source[start:stop])
	write(w, "</span>")
	for _, i := range marks {
		if a.survey {
			a.last[i], *a.marks[i].placed = a.piece, true
		} else if a.last[i] == a.piece {
			a.due = append(a.due, i)
		}
	}
	a.piece++
	a.writeSigns(w)
}

// rank decides which of several marks on a piece is shown.
func rank(class string) int {
	verdict, more, _ := strings.Cut(class, " ")
	order := []string{prose, absent, result.Holds, uncovered, drifted, result.Unverified, result.Contradicted}
	rank := 2 * slices.Index(order, verdict)
	if strings.Contains(more, "unexpected") {
		rank++
	}
	return rank
}

// opening returns the start tag of a piece. It names the claims, the shortest
// first, and has the class of the highest rank.
func (a *annotator) opening(marks []int) string {
	order := slices.SortedStableFunc(slices.Values(marks), func(x, y int) int {
		return cmp.Compare(a.marks[x].end-a.marks[x].start, a.marks[y].end-a.marks[y].start)
	})
	top := a.marks[order[0]]
	var claims []string
	also := "" // the highest rank without a claim: on another engine it may be the top
	for _, i := range order {
		m := a.marks[i]
		if rank(m.class) > rank(top.class) {
			top = m
		}
		if m.claim >= 0 {
			claims = append(claims, fmt.Sprint(m.claim))
		} else if also == "" || rank(m.class) > rank(also) {
			also = m.class
		}
	}
	tag := fmt.Sprintf(`<span class="m %s"`, top.class)
	switch {
	case len(claims) > 0 && also != "":
		tag += fmt.Sprintf(` data-m="%s" data-also="%s"`, strings.Join(claims, " "), also)
	case len(claims) > 0:
		tag += fmt.Sprintf(` data-m="%s"`, strings.Join(claims, " "))
	case top.title != "":
		tag += fmt.Sprintf(` title="%s"`, template.HTMLEscapeString(top.title))
	}
	return tag + ">"
}

// writeSigns writes the due signs, unless they must wait for the end of a link or
// a code span.
func (a *annotator) writeSigns(w util.BufWriter) {
	if a.closed > 0 {
		return
	}
	for _, i := range a.due {
		write(w, string(a.marks[i].sign))
	}
	a.due = nil
}

// hold keeps signs back until release.
func (a *annotator) hold() { a.closed++ }

func (a *annotator) release(w util.BufWriter) {
	a.closed--
	a.writeSigns(w)
}
