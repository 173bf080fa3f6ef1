package lesson

import (
	"slices"
	"sort"
)

const (
	related = 0.5  // likeness from which a text in the same section is the quote, edited
	akin    = 0.6  // the same, anywhere in the lesson
	alike   = 0.75 // likeness that outweighs the quote's own words standing elsewhere
	mostOf  = 0.6  // the part of a statement from which it is meant as a whole
)

type near struct {
	span
	likeness float64
}

// nearest finds what a quote that is not in its section has most likely become. What is
// taken by other quotes is passed over, unless it is all but the quote itself.
func (l *Lesson) nearest(q Quote, within span, taken []span) near {
	var inside, all []token
	in := false
	section := &Section{} // none of the lesson's
	for _, t := range l.tokens {
		if t.start < within.start || t.end > within.end {
			continue
		}
		if s := l.SectionAt(t.start); s != section {
			section, in = s, l.inSection(q.Section, t.start)
		}
		if all = append(all, t); in {
			inside = append(inside, t)
		}
	}
	a := aligner{tokenize([]byte(fold(q.Exact))), map[[2]string]float64{}}
	if n := l.best(a, inside, taken); n.likeness >= related {
		return n
	}
	if n := l.best(a, all, taken); n.likeness >= akin {
		n.likeness = min(n.likeness, alike-0.01) // it is not in its section
		return n
	}
	return near{}
}

// best compares a quote with each statement, and with the text as a whole, which finds
// quotes of several statements. Among those as near it prefers statements of its length.
func (l *Lesson) best(a aligner, text []token, taken []span) near {
	best, rank := near{}, 0.0
	consider := func(part []token) {
		n := l.whole(a.align(part))
		if n.likeness < related || n.likeness < alike && l.isTaken(n.span, taken) {
			return
		}
		around := n.span
		for _, u := range l.unitsAt(n.span) {
			around = span{min(around.start, u.start), max(around.end, u.end)}
		}
		if r := n.likeness + similar(a.quote, tokenize(l.Source[around.start:around.end]))/2; r > rank {
			best, rank = n, r
		}
	}
	i := 0
	for _, u := range l.units {
		for i < len(text) && text[i].start < u.start {
			i++
		}
		from := i
		for i < len(text) && text[i].start < u.end {
			i++
		}
		consider(text[from:i])
	}
	consider(text)
	return best
}

func (l *Lesson) isTaken(s span, taken []span) bool {
	return slices.ContainsFunc(taken, func(t span) bool { return float64(overlap(s, t)) >= mostOf*float64(s.end-s.start) })
}

// whole widens a span to the statements that it takes up most of.
func (l *Lesson) whole(n near) near {
	at, first := n.span, true
	for _, u := range l.unitsAt(at) {
		if float64(overlap(at, u)) < mostOf*float64(u.end-u.start) {
			continue
		}
		if first {
			n.span, first = u, false
		}
		n.end = u.end
	}
	return n
}

// unitsAt returns the units that a span touches.
func (l *Lesson) unitsAt(at span) []span {
	from := sort.Search(len(l.units), func(i int) bool { return l.units[i].end > at.start })
	to := sort.Search(len(l.units), func(i int) bool { return l.units[i].start >= at.end })
	return l.units[from:max(from, to)]
}

func overlap(a, b span) int { return max(min(a.end, b.end)-max(a.start, b.start), 0) }

// unitsOf cuts the statement that a block makes into its lines.
func (l *Lesson) unitsOf(s Statement) []span {
	if s.Kind != Output && s.Kind != File && s.Kind != Fragment {
		return []span{{s.Start, s.End}}
	}
	var out []span
	for at := s.Start; at < s.End; {
		end := min(l.lineEnd(at), s.End)
		u := span{at, end}
		for u.start < u.end && isSpace(l.Source[u.start]) {
			u.start++
		}
		for u.end > u.start && isSpace(l.Source[u.end-1]) {
			u.end--
		}
		if u.start < u.end {
			out = append(out, u)
		}
		at = end
	}
	return out
}
