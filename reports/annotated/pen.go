package annotated

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// mark is a range of the lesson's bytes that is shown as one.
type mark struct {
	start, end int
	claim      int    // its place among the claims, or -1
	class      string // for the first engine
	title      string // what a pointer is told, where it is no claim
	sign       template.HTML
}

// pen writes the lesson's text, and never anything but its text: a mark is an
// element around a piece of it, and a sign is an empty one behind the last piece.
//
// The lesson is written twice: what a mark's last piece is, only the first time
// can tell.
type pen struct {
	source []byte
	base   int // what is added to a position that goldmark tells
	marks  []mark
	last   []int // for each mark the piece that it ends with, -1 where it has none
	piece  int   // how many pieces are written
	due    []int // the marks whose sign comes next
	closed int   // above 0 where no sign may stand: within a link or a code span
	survey bool
	under  map[int]bool // the lines of the blocks under which something of a walk stands
	writer html.Writer
}

func newPen(source []byte, marks []mark) *pen {
	p := &pen{source: source, marks: marks, last: make([]int, len(marks)), under: map[int]bool{}, writer: html.NewWriter()}
	for i := range p.last {
		p.last[i] = -1
	}
	return p
}

// placed tells whether the text has anything of a mark.
func (p *pen) placed(mark int) bool { return p.last[mark] >= 0 }

// A token is what cannot be cut: a character, or an escape that stands for one.

// raw is the length of the next token where each byte means itself.
func raw(text []byte) int {
	_, size := utf8.DecodeRune(text)
	return size
}

// cooked is the length of the next token where Markdown's escapes and HTML's
// references count.
func cooked(text []byte) int {
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
	return raw(text)
}

// text writes a range in which escapes count.
func (p *pen) text(w util.BufWriter, start, stop int) {
	p.pieces(w, start, stop, cooked, p.writer.Write)
}

// raw writes a range in which each byte means itself.
func (p *pen) raw(w util.BufWriter, start, stop int) {
	p.pieces(w, start, stop, raw, p.writer.RawWrite)
}

func (p *pen) pieces(w util.BufWriter, start, stop int, token func([]byte) int, write func(util.BufWriter, []byte)) {
	var here []int
	for i, m := range p.marks {
		if m.start < stop && m.end > start {
			here = append(here, i)
		}
	}
	from, under := start, []int(nil)
	for at := start; at < stop; {
		next := at + token(p.source[at:stop])
		var now []int
		// A line's end is never marked, lest the sign stand in the next line.
		if c := p.source[at]; c != '\n' && c != '\r' {
			for _, i := range here {
				if p.marks[i].start < next && p.marks[i].end > at {
					now = append(now, i)
				}
			}
		}
		if !slices.Equal(now, under) {
			p.put(w, from, at, under, write)
			from, under = at, now
		}
		at = next
	}
	p.put(w, from, stop, under, write)
}

// put writes one piece and the signs behind it.
func (p *pen) put(w util.BufWriter, start, stop int, under []int, write func(util.BufWriter, []byte)) {
	if start == stop {
		return
	}
	if len(under) == 0 {
		write(w, p.source[start:stop])
		return
	}
	_, _ = w.WriteString(p.opening(under))
	write(w, p.source[start:stop])
	_, _ = w.WriteString("</span>")
	for _, i := range under {
		if p.survey {
			p.last[i] = p.piece
		} else if p.last[i] == p.piece {
			p.due = append(p.due, i)
		}
	}
	p.piece++
	p.signs(w)
}

// opening names the claims of a piece, the smallest first, and shows the worst.
func (p *pen) opening(under []int) string {
	order := slices.SortedStableFunc(slices.Values(under), func(a, b int) int {
		return cmp.Compare(p.marks[a].end-p.marks[a].start, p.marks[b].end-p.marks[b].start)
	})
	worst := p.marks[order[0]]
	var claims []string
	also := ""
	for _, i := range order {
		if rankOf(p.marks[i].class) > rankOf(worst.class) {
			worst = p.marks[i]
		}
		if p.marks[i].claim >= 0 {
			claims = append(claims, fmt.Sprint(p.marks[i].claim))
		} else if also == "" || rank[p.marks[i].class] > rank[also] {
			also = p.marks[i].class
		}
	}
	var out strings.Builder
	fmt.Fprintf(&out, `<span class="m %s"`, worst.class)
	if len(claims) > 0 {
		fmt.Fprintf(&out, ` data-m="%s"`, strings.Join(claims, " "))
		if also != "" {
			fmt.Fprintf(&out, ` data-also="%s"`, also) // on another engine it may be the worst
		}
	} else if worst.title != "" {
		fmt.Fprintf(&out, ` title="%s"`, template.HTMLEscapeString(worst.title))
	}
	out.WriteByte('>')
	return out.String()
}

// signs sets what is due, where it may stand.
func (p *pen) signs(w util.BufWriter) {
	if p.closed > 0 {
		return
	}
	for _, i := range p.due {
		_, _ = w.WriteString(string(p.marks[i].sign))
	}
	p.due = nil
}

// shut and open stand around what may hold no sign.
func (p *pen) shut() { p.closed++ }

func (p *pen) open(w util.BufWriter) {
	p.closed--
	p.signs(w)
}
