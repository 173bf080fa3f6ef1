package lesson

import (
	"bytes"
	"slices"
	"strings"
)

// matches returns where a folded text occurs in the folded source.
func (l *Lesson) matches(exact string) []span {
	var out []span
	for from := 0; exact != ""; {
		i := bytes.Index(l.folded.text[from:], []byte(exact))
		if i < 0 {
			break
		}
		out = append(out, span{from + i, from + i + len(exact)})
		from += i + 1
	}
	return out
}

// neighbours reports whether a match is between the quote's prefix and suffix.
func (l *Lesson) neighbours(m span, q Quote) bool {
	text := l.folded.text
	return bytes.HasSuffix(bytes.TrimRight(text[:m.start], " "), []byte(fold(q.Prefix))) &&
		bytes.HasPrefix(bytes.TrimLeft(text[m.end:], " "), []byte(fold(q.Suffix)))
}

// around returns a match with as much text around it as the quote's prefix and suffix have.
func (l *Lesson) around(at span, q Quote) string {
	start := max(at.start-len(q.Prefix)-1, 0)
	end := min(at.end+len(q.Suffix)+1, len(l.Source))
	if q.Prefix == "" {
		start = at.start
	}
	if q.Suffix == "" {
		end = at.end
	}
	return fold(strings.ToValidUTF8(string(l.Source[start:end]), ""))
}

// inSection reports whether offset is directly under the named heading.
func (l *Lesson) inSection(name string, offset int) bool {
	if name == "" {
		return true
	}
	s := l.SectionAt(offset)
	if s == nil {
		return plainTitle(name) == l.titleAt(offset)
	}
	if plainTitle(name) == plainTitle(s.Title) {
		return true
	}
	wanted := strings.Split(name, " > ")
	if len(wanted) > len(s.Path) {
		return false
	}
	return slices.EqualFunc(wanted, s.Path[len(s.Path)-len(wanted):], func(a, b string) bool {
		return plainTitle(a) == plainTitle(b)
	})
}

func plainTitle(title string) string {
	return fold(strings.NewReplacer("*", "", "`", "").Replace(headingID.ReplaceAllString(title, "")))
}

func (l *Lesson) location(at span) Location {
	return Location{Section: l.titleAt(at.start), Line: l.LineAt(at.start), Start: at.start, End: at.end}
}

// TextAt returns the text of a place without the prefixes of containers, such as the
// > marks of a block quote, so that it can be used as a quote.
func (l *Lesson) TextAt(at Location) string {
	var out []byte
	from := at.Start
	for _, gap := range l.gaps {
		if gap.start >= from && gap.end <= at.End {
			out = append(out, l.Source[from:gap.start]...)
			from = gap.end
		}
	}
	return string(append(out, l.Source[from:at.End]...))
}

func (l *Lesson) linesOf(found []span) []int {
	var lines []int
	for _, at := range found {
		lines = append(lines, l.LineAt(at.start))
	}
	return lines
}

// isStatement reports whether a match takes up most of a statement.
func (l *Lesson) isStatement(at span) bool {
	units := l.unitsAt(at)
	return len(units) > 0 && float64(overlap(at, units[0])) >= mostOf*float64(units[0].end-units[0].start)
}

func spans(blocks []Block) (all []span) {
	for _, b := range blocks {
		all = append(all, span{b.Start, b.End})
	}
	return all
}

func withSum(blocks []Block, sum string) []Block {
	return slices.DeleteFunc(slices.Clone(blocks), func(b Block) bool { return !strings.HasPrefix(b.Sum(), strings.ToLower(sum)) })
}
