package lesson

import (
	"slices"
	"sort"
	"strings"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// Likeness runs from 0 (nothing in common) to 1 (equal).
const (
	related = 0.5  // from here on, a text in the quote's section is the edited quote
	akin    = 0.6  // the same, anywhere in the lesson
	alike   = 0.75 // from here on, an edited text outweighs the exact quote elsewhere
	mostOf  = 0.6  // a span that takes up this part of a statement means all of it
)

// near is a text that resembles a quote.
type near struct {
	span
	likeness float64
}

// nearest finds what a quote that is missing from its section has most likely become.
// It passes over text that other quotes stand for, unless that is nearly the quote.
func (l *Lesson) nearest(q Quote, within span, taken []span) near {
	var inside, all []span
	section, matches := &Section{}, false // none of the lesson's
	for _, u := range l.units {
		if u.start < within.start || u.end > within.end {
			continue
		}
		if s := l.SectionAt(u.start); s != section {
			section, matches = s, l.inSection(q.Section, u.start)
		}
		if all = append(all, u); matches {
			inside = append(inside, u)
		}
	}
	quote := tokenize([]byte(fold(q.Exact)))
	if n := l.best(quote, inside, taken); n.likeness >= related {
		return n
	}
	if n := l.best(quote, all, taken); n.likeness >= akin {
		n.likeness = min(n.likeness, alike-0.01) // it is outside of its section
		return n
	}
	return near{}
}

// best compares a quote with each unit and with each run of units that is about as
// long as the quote. Of equally near texts it prefers those of the quote's length.
func (l *Lesson) best(quote []token, units []span, taken []span) near {
	best, bestRank := near{}, 0.0
	inQuote := map[string]bool{}
	for _, t := range quote {
		inQuote[t.text] = true
	}
	consider := func(text []token) {
		common := 0.0
		for _, t := range text {
			if inQuote[t.text] {
				common += t.weight
			}
		}
		if common < related*weigh(quote) {
			return // too little in common for any alignment
		}
		a := align(quote, text)
		n := l.whole(a.near)
		if n.likeness < related || n.likeness < alike && l.isTaken(n.span, taken) {
			return
		}
		if rank := n.likeness + a.shared/2; rank > bestRank {
			best, bestRank = n, rank
		}
	}
	for i, u := range units {
		consider(l.tokensIn(u))
		run := u
		for _, next := range units[i+1:] {
			if 4*len(l.tokensIn(run)) >= 5*len(quote) {
				break
			}
			run.end = next.end
		}
		if run != u {
			consider(l.tokensIn(run))
		}
	}
	return best
}

// alignment is where in a text a quote most likely stands.
type alignment struct {
	near
	shared float64 // the part of both texts together that they share, from 0 to 1
}

// align finds the part of text that takes the fewest edits to become the quote.
func align(quote, text []token) alignment {
	total := weigh(quote)
	from, to, cost, kept := len(text), 0, 0.0, total
	for _, d := range lcs.DiffLines(words(quote), words(text)) {
		removed, added := quote[d.Start:d.End], text[d.ReplStart:d.ReplEnd]
		kept -= weigh(removed)
		switch { // at the ends, what surrounds the quote in text is no edit of it
		case d.Start == 0:
			added = added[max(len(added)-len(removed), 0):]
			from = d.ReplEnd - len(added)
		case d.End == len(quote):
			added = added[:min(len(added), len(removed))]
		}
		if d.End == len(quote) {
			to = d.ReplStart + len(added)
		}
		cost += max(weigh(removed), weigh(added))
	}
	if from == len(text) {
		from = 0
	}
	if to == 0 {
		to = len(text)
	}
	if total == 0 || from >= to {
		return alignment{}
	}
	return alignment{near{span{text[from].start, text[to-1].end}, 1 - cost/total}, 2 * kept / (total + weigh(text))}
}

// similarity compares two short texts as wholes.
func similarity(a, b string) float64 {
	return align(tokenize([]byte(fold(a))), tokenize([]byte(fold(b)))).shared
}

func (l *Lesson) isTaken(s span, taken []span) bool {
	return slices.ContainsFunc(taken, func(t span) bool { return float64(overlap(s, t)) >= mostOf*float64(s.end-s.start) })
}

// whole widens a span to the units that it takes up most of.
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

func (l *Lesson) tokensIn(s span) []token {
	from := sort.Search(len(l.tokens), func(i int) bool { return l.tokens[i].start >= s.start })
	to := sort.Search(len(l.tokens), func(i int) bool { return l.tokens[i].start >= s.end })
	return l.tokens[from:max(from, to)]
}

func overlap(a, b span) int { return max(min(a.end, b.end)-max(a.start, b.start), 0) }

// token is a word, a number or a single punctuation mark.
type token struct {
	text       string // in lower case
	weight     float64
	start, end int
}

func tokenize(text []byte) []token {
	var out []token
	for i := 0; i < len(text); {
		r := runeAt(text, i)
		end, weight := i+max(len(string(r)), 1), 0.25
		if isWord(r) {
			weight = 1
			for end < len(text) && isWord(runeAt(text, end)) {
				end += len(string(runeAt(text, end)))
			}
		}
		if !foldable(r) {
			out = append(out, token{strings.ToLower(string(text[i:end])), weight, i, end})
		}
		i = end
	}
	return out
}

func words(tokens []token) (all []string) {
	for _, t := range tokens {
		all = append(all, t.text)
	}
	return all
}

func weigh(tokens []token) (sum float64) {
	for _, t := range tokens {
		sum += t.weight
	}
	return sum
}
