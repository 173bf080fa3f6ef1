package lesson

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	terminators = ".!?…。！？"
	wide        = "。！？" // these need no space after them
	closers     = "\"'”’»)]*_~`"
	openers     = "\"'“‘«([*_~`"
)

// splitter splits a paragraph into sentences. Where it is unsure it splits: the
// author of a catalogue notices a piece too many, but not a piece too few.
type splitter struct {
	text      []byte
	may       []bool // whether a byte may end a sentence: not in code spans and links
	lastClose int    // the last closing parenthesis of the paragraph
}

// split returns the sentences of a paragraph. hard holds the offsets of hard line
// breaks, which end a sentence as well.
func split(text []byte, may []bool, hard []int) []span {
	s := splitter{text: text, may: may, lastClose: -1}
	for i, b := range text {
		if b == ')' && may[i] {
			s.lastClose = i
		}
	}
	var out []span
	start, depth := 0, 0
	cut := func(at int) {
		if start < at {
			out = append(out, span{start, at})
		}
		start, depth = at, 0
	}
	for i := 0; i < len(text); {
		if len(hard) > 0 && i >= hard[0] {
			cut(hard[0])
			hard = hard[1:]
		}
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case !may[i]:
		case r == '(' && !s.opens(start, i):
			depth++
		case r == ')':
			depth = max(depth-1, 0)
		case strings.ContainsRune(terminators, r):
			stop, end := s.closing(i)
			if (depth == 0 || s.lastClose < end) && s.ends(start, i, stop, end) {
				cut(end)
				i = end
				continue
			}
			i = stop
			continue
		}
		i += size
	}
	cut(len(text))
	return out
}

// opens reports whether there is only markup between start and i.
func (s splitter) opens(start, i int) bool {
	return len(bytes.Trim(s.text[start:i], openers+" \t\r\n")) == 0
}

// closing returns where the terminators at i stop, and where the quotes, brackets
// and emphasis around them end.
func (s splitter) closing(i int) (stop, end int) {
	stop = i
	for stop < len(s.text) && strings.ContainsRune(terminators, runeAt(s.text, stop)) {
		stop += utf8.RuneLen(runeAt(s.text, stop))
	}
	end = stop
	for end < len(s.text) && strings.ContainsRune(closers, runeAt(s.text, end)) {
		r := runeAt(s.text, end)
		end += utf8.RuneLen(r)
		if r == ']' && end < len(s.text) && (s.text[end] == '(' || s.text[end] == '[') && !s.may[end] {
			for end < len(s.text) && !s.may[end] && !isSpace(s.text[end]) {
				end++
			}
		}
	}
	return stop, end
}

func (s splitter) ends(start, i, stop, end int) bool {
	if end == len(s.text) {
		return true
	}
	sign := string(s.text[i:stop])
	if !isSpace(s.text[end]) {
		return strings.ContainsAny(sign, wide)
	}
	if s.leadIn(start, i, stop, end) {
		return false
	}
	next := bytes.TrimLeft(s.text[end:], " \t\r\n")
	code := bytes.HasPrefix(next, []byte("`"))
	after := runeAt(bytes.TrimLeft(next, openers), 0)
	lower := unicode.IsLower(after) && !code
	switch {
	case sign != ".":
		return !lower
	case lower && bytes.ContainsAny(s.text[stop:end], "\"'”’»"):
		return false
	}
	return !s.abbreviates(start, i, after, lower)
}

// abbreviates reports whether the dot at i belongs to the word before it.
func (s splitter) abbreviates(start, i int, after rune, lower bool) bool {
	so := strings.TrimSpace(string(s.text[start:i]))
	word := so[strings.LastIndexFunc(so, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(openers+"—–/", r)
	})+1:]
	if strings.Trim(so, "0123456789") == "" {
		return true // a hand-written item number
	}
	switch strings.ToLower(word) {
	case "e.g", "i.e", "vs", "cf", "viz", "mr", "mrs", "ms", "dr", "prof", "st", "approx", "resp", "esp",
		"incl", "excl", "ca", "eg", "ie":
		return true
	case "no", "nos", "fig", "sec", "ch", "p", "pp", "vol", "ver", "v", "min", "max", "art", "eq",
		"jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec":
		return unicode.IsDigit(after)
	case "inc", "ltd", "co", "corp", "etc", "al", "a.m", "p.m", "dept", "est":
		return lower
	}
	return initial.MatchString(word) || lower && initials.MatchString(word)
}

var (
	initial  = regexp.MustCompile(`^\p{Lu}$`)
	initials = regexp.MustCompile(`^(?:\pL\.)+\pL$`)
)

// leadIn reports whether the text that ends here is a lead-in of at most three
// emphasized words, as in "**Why?** Each container ...". It belongs to the sentence
// after it.
func (s splitter) leadIn(start, i, stop, end int) bool {
	so := bytes.TrimLeft(s.text[start:i], " \t\r\n")
	for _, mark := range []string{"**", "__", "*", "_"} {
		inner, found := bytes.CutPrefix(so, []byte(mark))
		if !found {
			continue
		}
		return bytes.Contains(s.text[stop:end], []byte(mark)) && !bytes.Contains(inner, []byte(mark)) &&
			len(bytes.Fields(inner)) <= 3
	}
	return false
}
