package lesson

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// DriftKind says how a quote and the lesson have come apart.
type DriftKind string

// The kinds of drift.
const (
	None      DriftKind = ""          // the quote stands where it was catalogued
	Moved     DriftKind = "moved"     // it stands under another heading
	Edited    DriftKind = "edited"    // it does not stand there, but something like it does
	Gone      DriftKind = "gone"      // neither it nor anything like it stands where it was
	Ambiguous DriftKind = "ambiguous" // it stands there more than once
)

// Drift is what has become of a quote.
type Drift struct {
	Kind    DriftKind
	Quote   Quote
	Section string // where it, or the nearest text, stands now
	Line    int    // the same
	Nearest string // what the lesson says now
	Diff    string // from the quote to that, word by word: [-old-]{+new+}
	Lines   []int  // where it stands, if Ambiguous; where else it stands, if Gone
}

// Compare tells what has become of a text that was found in the lesson by less
// than all of it, such as a block by its first line.
func (l *Lesson) Compare(q Quote, at Location, was string) Drift {
	is := string(l.Source[at.Start:at.End])
	if fold(was) == fold(is) {
		return Drift{Quote: q}
	}
	_, d := l.edited(q, span{at.Start, at.End}, was, is)
	before, after := strings.Split(was, "\n"), strings.Split(is, "\n")
	for i := range after {
		if i >= len(before) || fold(before[i]) != fold(after[i]) {
			d.Line = at.Line + i
			break
		}
	}
	return d
}

// String returns one clear message, without the line that the reader can put before it.
func (d Drift) String() string {
	what, where := d.Quote.describe(), "the lesson"
	if d.Quote.Section != "" {
		where = strconv.Quote(d.Quote.Section)
	}
	switch d.Kind {
	case Moved:
		return fmt.Sprintf("moved: %s is not in %s any more; it stands in %q, line %d", what, where, d.Section, d.Line)
	case Edited:
		if d.Diff == "" {
			return fmt.Sprintf("edited: %s in %s, line %d, has another sum than the catalogued %s", what, where, d.Line, d.Quote.Sum)
		}
		return fmt.Sprintf("edited: %s is not in %s any more; line %d has: %s", what, where, d.Line, d.Diff)
	case Gone:
		if len(d.Lines) > 0 {
			return fmt.Sprintf("gone: %s is not in %s any more, as catalogued; it stands on %s", what, where, numbers(d.Lines))
		}
		return fmt.Sprintf("gone: neither %s nor anything like it is in %s", what, where)
	case Ambiguous:
		add := "add a prefix or a suffix that only the right one has"
		if d.Quote.Block != "" && d.Quote.Exact == "" {
			add = "say which one with nth or sum"
		}
		return fmt.Sprintf("ambiguous: %s stands in %s %d times (%s): %s", what, where, len(d.Lines), numbers(d.Lines), add)
	}
	return fmt.Sprintf("found: %s in %s", what, where)
}

func (q Quote) describe() string {
	switch {
	case fold(q.Exact) != "":
		return strconv.Quote(shorten(q.Exact))
	case q.Block != "":
		return fmt.Sprintf("the block %q", shorten(q.Block))
	}
	return "an empty quote"
}

func shorten(text string) string {
	text = fold(text)
	if runes := []rune(text); len(runes) > 120 {
		return string(runes[:117]) + "..."
	}
	return text
}

func numbers(lines []int) string {
	lines = slices.Compact(slices.Clone(lines))
	var out []string
	for _, n := range lines {
		out = append(out, strconv.Itoa(n))
	}
	if len(out) == 1 {
		return "line " + out[0]
	}
	return "lines " + strings.Join(out, ", ")
}

// wordDiff writes the way from one text to another as git does with --word-diff.
func wordDiff(from, to string) string {
	before := strings.Join(strings.Fields(from), "\n") + "\n"
	after := strings.Join(strings.Fields(to), "\n") + "\n"
	var out []string
	at := 0
	words := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	add := func(open, s, shut string) {
		if s = words(s); s != "" {
			out = append(out, open+s+shut)
		}
	}
	for _, e := range udiff.Lines(before, after) {
		add("", before[at:e.Start], "")
		add("[-", before[e.Start:e.End], "-]")
		add("{+", e.New, "+}")
		at = e.End
	}
	add("", before[at:], "")
	return strings.Join(out, " ")
}
