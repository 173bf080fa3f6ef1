package lesson

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// Edit replaces [Start, End) of a lesson's source with Text.
type Edit struct {
	Start, End int
	Text       string
}

// Apply returns the source with the edits, which may come in any order. Newlines in
// Text become those of the lesson. Edits that overlap or start at the same place are
// an error.
func (l *Lesson) Apply(edits []Edit) ([]byte, error) {
	edits = l.ordered(edits)
	var out []byte
	at := 0
	for i, e := range edits {
		if e.Start < 0 || e.End < e.Start || e.End > len(l.Source) {
			return nil, fmt.Errorf("lesson %s: the edit of bytes %d to %d is outside its %d bytes", l.ID, e.Start, e.End, len(l.Source))
		}
		if i > 0 && (e.Start < at || e.Start == edits[i-1].Start) {
			return nil, fmt.Errorf("lesson %s: two edits overlap on line %d: %q and %q",
				l.ID, l.LineAt(e.Start), shorten(edits[i-1].Text), shorten(e.Text))
		}
		out = append(append(out, l.Source[at:e.Start]...), e.Text...)
		at = e.End
	}
	return append(out, l.Source[at:]...), nil
}

// ordered returns the edits in the order of the text, with the lesson's newlines.
func (l *Lesson) ordered(edits []Edit) []Edit {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b Edit) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	if bytes.Contains(l.Source, []byte("\r\n")) {
		for i, e := range edits {
			edits[i].Text = strings.ReplaceAll(strings.ReplaceAll(e.Text, "\r\n", "\n"), "\n", "\r\n")
		}
	}
	return edits
}

// Patch returns the unified diff from before to after for git apply, or the empty
// string if they are equal. name is the file's path relative to the root.
func Patch(name string, before, after []byte) string {
	patch := udiff.Unified("a/"+name, "b/"+name, string(before), string(after))
	if patch == "" {
		return ""
	}
	head := "--- " + patchName("a/"+name) + "\n+++ " + patchName("b/"+name) + "\n"
	_, hunks, _ := strings.Cut(patch, "\n@@ ")
	return head + "@@ " + hunks
}

// patchName writes a name as git does: quoted if it has control characters, quotes or
// bytes beyond ASCII, and followed by a tab if it has a space.
func patchName(name string) string {
	if !strings.ContainsFunc(name, func(r rune) bool { return r < 0x20 || r >= 0x7f || r == '"' || r == '\\' }) {
		if strings.Contains(name, " ") {
			return name + "\t"
		}
		return name
	}
	var out strings.Builder
	out.WriteByte('"')
	for _, b := range []byte(name) {
		switch {
		case b == '"' || b == '\\':
			out.WriteByte('\\')
			out.WriteByte(b)
		case b < 0x20 || b >= 0x7f:
			fmt.Fprintf(&out, "\\%03o", b)
		default:
			out.WriteByte(b)
		}
	}
	out.WriteByte('"')
	return out.String()
}
