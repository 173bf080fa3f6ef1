package lesson

import "unicode/utf8"

// Mended is a lesson whose edits have been made, and what they were.
type Mended struct {
	*Lesson
	edits []Edit // of the original, in its order
}

// Mend makes edits, as Corrected does, and reads what came of them.
func (l *Lesson) Mend(edits []Edit) (*Mended, error) {
	source, err := l.Corrected(edits)
	if err != nil {
		return nil, err
	}
	mended, err := Parse(l.ID, source)
	if err != nil {
		return nil, err
	}
	return &Mended{mended, l.ordered(edits)}, nil
}

// Place tells where a place of the original stands now. What stood inside an
// edit is all that the edit put there.
func (m *Mended) Place(at Location) Location {
	return m.location(span{m.shift(at.Start, false), m.shift(at.End, true)})
}

// shift maps an offset of the original; one inside an edit goes to its end or
// its start.
func (m *Mended) shift(offset int, toEnd bool) int {
	by := 0
	for _, e := range m.edits {
		inside := e.Start < offset && offset < e.End
		switch {
		case e.End <= offset:
			by += len(e.Text) - (e.End - e.Start)
		case inside && toEnd:
			return e.Start + by + len(e.Text)
		case inside:
			return e.Start + by
		}
	}
	return offset + by
}

// contexts are how many bytes beside a text are tried, to tell it from others.
var contexts = []int{0, 12, 24, 48, 96, 192}

// QuoteAt makes a quote of what stands at a place, with as much around it as
// tells it from the same text elsewhere in its section.
func (l *Lesson) QuoteAt(at Location) Quote {
	q := Quote{Section: l.titleAt(at.Start), Exact: string(l.Source[at.Start:at.End])}
	for _, n := range contexts {
		q.Prefix = string(l.Source[l.runeStart(max(at.Start-n, 0)):at.Start])
		q.Suffix = string(l.Source[at.End:l.runeStart(min(at.End+n, len(l.Source)))])
		if found, drift := l.Locate(q); drift.Kind == None && found.Start <= at.Start && at.Start < found.End {
			break
		}
	}
	return q
}

// runeStart is the first offset from here on at which a rune starts.
func (l *Lesson) runeStart(offset int) int {
	for offset < len(l.Source) && !utf8.RuneStart(l.Source[offset]) {
		offset++
	}
	return offset
}
