package lesson

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// DriftKind says how a quote and the lesson differ.
type DriftKind string

// The kinds of drift.
const (
	None      DriftKind = ""          // the quote is where the catalogue has it
	Moved     DriftKind = "moved"     // it is under another heading
	Edited    DriftKind = "edited"    // a similar text is there instead
	Gone      DriftKind = "gone"      // neither it nor a similar text is there
	Ambiguous DriftKind = "ambiguous" // it is there more than once
)

// Drift describes what has become of a quote.
type Drift struct {
	Kind    DriftKind
	Quote   Quote
	Section string // where it, or the nearest text, is now
	Line    int    // likewise
	Nearest string // what the lesson says now
	Diff    string // from the quote to Nearest, word by word: [-old-]{+new+}
	Lines   []int  // all its places if Ambiguous, those in other sections if Gone
}

// Compare reports how the text at a place differs from what it was. It serves texts
// that are located by a part, such as a block by its first line.
func (l *Lesson) Compare(q Quote, at Location, was string) Drift {
	is := l.TextAt(at)
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

// String describes the drift in one message.
func (d Drift) String() string {
	what, where := d.Quote.describe(), "the lesson"
	if d.Quote.Section != "" {
		where = strconv.Quote(d.Quote.Section)
	}
	switch d.Kind {
	case Moved:
		return fmt.Sprintf("moved: %s is no longer in %s; it is in %q, line %d", what, where, d.Section, d.Line)
	case Edited:
		if d.Diff == "" {
			return fmt.Sprintf("edited: %s in %s, line %d, has the sum %s, not the catalogued %s", what, where, d.Line, Block{Content: d.Nearest}.Sum(), d.Quote.Sum)
		}
		return fmt.Sprintf("edited: %s is no longer in %s; line %d has: %s", what, where, d.Line, d.Diff)
	case Gone:
		if len(d.Lines) > 0 {
			return fmt.Sprintf("gone: %s is no longer in %s as catalogued; it is on %s", what, where, numbers(d.Lines))
		}
		return fmt.Sprintf("gone: %s is not in %s, nor is any similar text", what, where)
	case Ambiguous:
		add := "add a prefix or suffix that only the right one has"
		if d.Quote.Block != "" && d.Quote.Exact == "" {
			add = "choose one with nth or sum"
		}
		return fmt.Sprintf("ambiguous: %s is in %s %d times (%s): %s", what, where, len(d.Lines), numbers(d.Lines), add)
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
	list := strings.ReplaceAll(strings.Trim(fmt.Sprint(lines), "[]"), " ", ", ")
	if len(lines) == 1 {
		return "line " + list
	}
	return "lines " + list
}

// wordDiff formats the difference of two texts as git diff --word-diff does.
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
