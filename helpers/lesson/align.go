package lesson

import (
	"strings"
	"unicode/utf8"
)

// token is a word, a number, or one sign.
type token struct {
	text       string
	weight     float64
	start, end int
}

func tokenize(text []byte) []token {
	var out []token
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		end := i + size
		switch {
		case isWord(r):
			for end < len(text) && isWord(runeAt(text, end)) {
				end += utf8.RuneLen(runeAt(text, end))
			}
			out = append(out, token{string(text[i:end]), 1, i, end})
		case !foldable(r):
			out = append(out, token{string(text[i:end]), 0.25, i, end})
		}
		i = end
	}
	return out
}

// aligner finds what is like a quote, and remembers which words are like each other.
type aligner struct {
	quote []token
	known map[[2]string]float64
}

// align finds the part of text that takes the fewest edits to become the quote
// (Sellers' algorithm, over words).
func (a aligner) align(text []token) near {
	total := 0.0
	cost, from := make([]float64, len(text)+1), make([]int, len(text)+1)
	next, origin := make([]float64, len(text)+1), make([]int, len(text)+1)
	for j := range from {
		from[j] = j
	}
	for _, q := range a.quote {
		total += q.weight
		next[0], origin[0] = cost[0]+q.weight, 0
		for j, t := range text {
			next[j+1], origin[j+1] = cost[j]+max(q.weight, t.weight)*a.unlike(q.text, t.text), from[j]
			if c := cost[j+1] + q.weight; c < next[j+1] {
				next[j+1], origin[j+1] = c, from[j+1]
			}
			if c := next[j] + t.weight; c < next[j+1] {
				next[j+1], origin[j+1] = c, origin[j]
			}
		}
		cost, from, next, origin = next, origin, cost, from
	}
	best := 0
	for j := range cost {
		if cost[j] < cost[best] {
			best = j
		}
	}
	if total == 0 || from[best] >= best {
		return near{}
	}
	return near{span{text[from[best]].start, text[best-1].end}, 1 - cost[best]/total}
}

func (a aligner) unlike(x, y string) float64 {
	if x == y {
		return 0
	}
	d, seen := a.known[[2]string{x, y}]
	if !seen {
		d = unlike(x, y)
		a.known[[2]string{x, y}] = d
	}
	return d
}

// unlike is 0 for equal words and 1 for words that have little in common.
func unlike(a, b string) float64 {
	if strings.EqualFold(a, b) {
		return 0.1
	}
	x, y := []rune(a), []rune(b)
	longest := max(len(x), len(y))
	if longest > 2*min(len(x), len(y)) || longest > 64 {
		return 1
	}
	if d := float64(levenshtein(x, y)) / float64(longest); d <= 0.5 {
		return d
	}
	return 1
}

func levenshtein(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// similarity compares two short texts as wholes.
func similarity(a, b string) float64 {
	return similar(tokenize([]byte(fold(a))), tokenize([]byte(fold(b))))
}

func similar(a, b []token) float64 {
	one, other := aligner{a, map[[2]string]float64{}}, aligner{b, map[[2]string]float64{}}
	return min(one.align(b).likeness, other.align(a).likeness)
}
