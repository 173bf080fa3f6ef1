package lesson

import "strings"

// Corrected is a lesson after edits.
type Corrected struct {
	*Lesson
	edits []Edit // of the original, in the order of its text
}

// Correct applies edits to the source and parses the result.
func (l *Lesson) Correct(edits []Edit) (*Corrected, error) {
	source, err := l.Apply(edits)
	if err != nil {
		return nil, err
	}
	corrected, err := Parse(l.ID, source)
	if err != nil {
		return nil, err
	}
	return &Corrected{corrected, l.ordered(edits)}, nil
}

// Place returns where a place of the original is in the corrected lesson. A place
// inside an edit becomes all of the edit's text.
func (c *Corrected) Place(at Location) Location {
	return c.location(span{c.shift(at.Start, false), c.shift(at.End, true)})
}

// shift maps an offset of the original. One inside an edit moves to the edit's end
// or start.
func (c *Corrected) shift(offset int, toEnd bool) int {
	by := 0
	for _, e := range c.edits {
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

// contexts are the sizes in bytes of the prefix and suffix that QuoteAt tries.
var contexts = []int{0, 12, 24, 48, 96, 192}

// QuoteAt returns a quote of the text at a place. Its prefix and suffix are as long
// as it takes to distinguish it from the same text elsewhere in its section.
func (l *Lesson) QuoteAt(at Location) Quote {
	q := Quote{Section: l.titleAt(at.Start), Exact: l.TextAt(at)}
	for _, n := range contexts {
		q.Prefix = strings.ToValidUTF8(l.TextAt(Location{Start: max(at.Start-n, 0), End: at.Start}), "")
		q.Suffix = strings.ToValidUTF8(l.TextAt(Location{Start: at.End, End: min(at.End+n, len(l.Source))}), "")
		if found, drift := l.Locate(q); drift.Kind == None && found.Start <= at.Start && at.Start < found.End {
			break
		}
	}
	return q
}
