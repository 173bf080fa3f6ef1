package lesson

import "slices"

// Quote is a text that a catalogue took from a lesson: a TextQuoteSelector of the
// W3C's Web Annotation model, extended by sections and blocks. In YAML:
//
//	section: Volume Lifecycle Commands      # a heading, or "Parent > Heading"
//	quote: "Remove all unused volumes:"
//
//	section: Volume Lifecycle Commands      # a printed output, with every line of it pinned
//	quote: |
//	  DRIVER    VOLUME NAME
//	  local     my-data
//
//	section: "Pattern 1: Large Model Files" # a whole block, by its first line or its file name
//	block: docker-compose.yaml
//	sum: 1f2e3d4c5b6a                       # optional: Block.Sum, to notice any edit
//
//	section: Bind Mounts in docker-compose  # a text in a block
//	block: docker-compose.yaml
//	quote: "- ./src:/app/src"
//
// Text must match the source, including its Markdown, except that any run of white
// space equals any other. Without a sum, only the first line of a block is pinned.
type Quote struct {
	Section string // searches only directly under this heading; empty for the whole lesson
	Exact   string // the text; empty for the whole of Block
	Prefix  string // the text right before Exact
	Suffix  string // the text right after Exact
	Block   string // the first line of a block that is not blank, or its file name
	Sum     string // the beginning of the block's Sum
	Nth     int    // which of several matches in the section, from 1; with Block, which block
}

// Location is a place in a lesson.
type Location struct {
	Section    string
	Line       int
	Start, End int
}

// Found is the result for one Quote.
type Found struct {
	Location Location
	Drift    Drift
}

// Locate finds a quote. The location is that of the quote if the drift is None or
// Moved, that of the nearest text if it is Edited, and zero otherwise.
func (l *Lesson) Locate(q Quote) (Location, Drift) { return l.locate(q, nil) }

// LocateAll finds the quotes of a whole catalogue. Unlike Locate, it does not take a
// text for an edited or moved quote if another quote stands for that text.
func (l *Lesson) LocateAll(quotes []Quote) []Found {
	out := make([]Found, len(quotes))
	var taken []span
	for i, q := range quotes {
		out[i].Location, out[i].Drift = l.Locate(q)
		if at := out[i].Location; out[i].Drift.Kind == None {
			taken = append(taken, span{at.Start, at.End})
		}
	}
	for i, f := range out {
		if f.Drift.Kind == Moved || f.Drift.Kind == Edited {
			out[i].Location, out[i].Drift = l.locate(quotes[i], taken)
		}
	}
	return out
}

// locate finds a quote. Other quotes stand for the texts in taken.
func (l *Lesson) locate(q Quote, taken []span) (Location, Drift) {
	if q.Block != "" {
		return l.locateBlock(q, taken)
	}
	return l.locateText(q, span{0, len(l.Source)}, taken)
}

func (l *Lesson) locateText(q Quote, within span, taken []span) (Location, Drift) {
	exact := fold(q.Exact)
	var in, here, there []span // in the section; in it with the right neighbours; elsewhere with them
	for _, m := range l.matches(exact) {
		start, end := l.folded.source(m.start, m.end)
		at := span{start, end}
		if at.start < within.start || at.end > within.end {
			continue
		}
		inside, fits := l.inSection(q.Section, at.start), l.neighbours(m, q)
		if inside {
			in = append(in, at)
		}
		switch {
		case inside && fits:
			here = append(here, at)
		case fits:
			there = append(there, at)
		}
	}
	if len(here) > 0 {
		return l.pick(q, here)
	}
	switch {
	case len(in) > 0 && len(there) == 1:
		return l.moved(q, there[0])
	case len(in) > 1:
		return Location{}, Drift{Kind: Ambiguous, Quote: q, Lines: l.linesOf(in)}
	case len(in) == 1:
		return l.edited(q, in[0], fold(q.Prefix+" "+q.Exact+" "+q.Suffix), l.around(in[0], q))
	}
	near := l.nearest(q, within, taken)
	switch {
	case len(there) == 1 && !slices.Contains(taken, there[0]) && (near.likeness < alike || l.isStatement(there[0])):
		return l.moved(q, there[0])
	case near.likeness >= alike || len(there) == 0 && near.likeness > 0:
		return l.edited(q, near.span, q.Exact, string(l.Source[near.start:near.end]))
	}
	return Location{}, Drift{Kind: Gone, Quote: q, Lines: l.linesOf(there)}
}

func (l *Lesson) locateBlock(q Quote, taken []span) (Location, Drift) {
	var here, there []Block
	for _, b := range l.Blocks {
		if head := fold(q.Block); head == "" || b.Head() != head && b.Name != q.Block {
			continue
		}
		if l.inSection(q.Section, b.Start) {
			here = append(here, b)
		} else {
			there = append(there, b)
		}
	}
	if len(here) == 0 {
		return l.lostBlock(q, there, taken)
	}
	if q.Sum != "" && q.Nth == 0 && len(here) > 1 {
		if same := withSum(here, q.Sum); len(same) > 0 {
			here = same
		}
	}
	loc, d := l.pick(q, spans(here))
	switch {
	case d.Kind != None:
	case q.Exact != "":
		inner := q
		inner.Nth = 0
		return l.locateText(inner, span{loc.Start, loc.End}, taken)
	default:
		b := here[max(q.Nth-1, 0)]
		if len(withSum([]Block{b}, q.Sum)) == 0 {
			d = Drift{Kind: Edited, Quote: q, Line: loc.Line, Section: loc.Section, Nearest: b.Content}
		}
	}
	return loc, d
}

// lostBlock finds out what became of a block that is no longer in its section.
func (l *Lesson) lostBlock(q Quote, there []Block, taken []span) (Location, Drift) {
	var best Block
	likeness := 0.0
	for _, b := range l.Blocks {
		if !l.inSection(q.Section, b.Start) || slices.Contains(taken, span{b.Start, b.End}) {
			continue
		}
		if s := similarity(q.Block, b.Head()); s > likeness {
			best, likeness = b, s
		}
	}
	if q.Sum != "" {
		if same := withSum(there, q.Sum); len(same) > 0 {
			there, likeness = same, 0
		}
	}
	switch {
	case likeness >= alike || len(there) == 0 && likeness >= related:
		loc, d := l.edited(q, span{best.Start, best.End}, q.Block, best.Head())
		d.Nearest = best.Content
		return loc, d
	case len(there) == 1 && !slices.Contains(taken, span{there[0].Start, there[0].End}):
		return l.moved(q, span{there[0].Start, there[0].End})
	}
	return Location{}, Drift{Kind: Gone, Quote: q, Lines: l.linesOf(spans(there))}
}

func (l *Lesson) moved(q Quote, to span) (Location, Drift) {
	loc := l.location(to)
	return loc, Drift{Kind: Moved, Quote: q, Section: loc.Section, Line: loc.Line, Nearest: string(l.Source[loc.Start:loc.End])}
}

func (l *Lesson) edited(q Quote, at span, from, to string) (Location, Drift) {
	loc := l.location(at)
	return loc, Drift{Kind: Edited, Quote: q, Section: loc.Section, Line: loc.Line, Nearest: to, Diff: wordDiff(from, to)}
}

// pick returns the location of a quote that occurs in its section.
func (l *Lesson) pick(q Quote, found []span) (Location, Drift) {
	switch {
	case q.Nth >= 1 && q.Nth <= len(found):
		return l.location(found[q.Nth-1]), Drift{Quote: q}
	case q.Nth == 0 && len(found) == 1:
		return l.location(found[0]), Drift{Quote: q}
	case q.Nth > len(found):
		return Location{}, Drift{Kind: Gone, Quote: q, Lines: l.linesOf(found)}
	}
	return Location{}, Drift{Kind: Ambiguous, Quote: q, Lines: l.linesOf(found)}
}
