// Package lesson reads a lesson, a Markdown file that teaches. It splits the text
// into statements, locates the quotes that a catalogue took from it, reports what
// has changed since, and lists the statements that no quote covers.
//
// Positions are byte offsets into the source as read, and lines count from 1 in it.
// The source itself is never changed.
package lesson

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sort"
	"unicode/utf8"
)

// MaxSize is the largest source, in bytes, that Parse accepts.
const MaxSize = 1 << 20

// FrontMatterSection is the section name of the entries of the front matter.
const FrontMatterSection = "front matter"

// TopSection is the section name of the text above the first heading.
const TopSection = "above the first heading"

// Kind is the kind of a statement or a block.
type Kind string

// The kinds of statements. Blocks are of the kinds Command, Output, File and Fragment.
const (
	Sentence    Kind = "sentence"    // a sentence of a paragraph
	Item        Kind = "item"        // a sentence of a list item
	Row         Kind = "row"         // a row of a table
	Heading     Kind = "heading"     // a heading
	Header      Kind = "header"      // the header row of a table
	Command     Kind = "command"     // a command in a shell block, with its continuation lines
	Comment     Kind = "comment"     // a comment in a shell block
	Output      Kind = "output"      // a block that shows what a command prints
	File        Kind = "file"        // a block that is a file, with its name in the lesson
	Fragment    Kind = "fragment"    // any other block: an example, an edit
	HTML        Kind = "html"        // a block of raw HTML that holds words
	FrontMatter Kind = "frontmatter" // an entry of the front matter
)

// Lesson is a parsed lesson.
type Lesson struct {
	ID          string
	SHA256      string // of Source, in hex
	Source      []byte
	FrontMatter []Field
	Sections    []Section   // in order
	Statements  []Statement // in order, without overlaps
	Blocks      []Block     // in order
	Links       []Link      // in order
	Unknown     []string    // constructs whose text is elsewhere, the first of each kind

	body       int     // where the front matter ends; 0 without one
	lines      []int   // the start of each line
	titles     []span  // of dialects, such as "x" in !!! note "x"
	markers    []int   // lines of such directives
	gaps       []span  // the indents and > marks between the lines of a paragraph
	references []span  // to footnotes: they need no quote
	folded     flow    // the source with each run of white space as one space
	tokens     []token // of folded, with their places in the source
	units      []span  // the statements, with those of blocks split into lines
}

// Section is a heading and the text under it.
type Section struct {
	Title   string   // the heading as written, without its # marks
	Level   int      // 1 to 6
	Path    []string // the titles from the outermost heading to this one
	Line    int
	Start   int // the start of the heading's line
	BodyEnd int // the start of the next heading of any level
	End     int // the start of the next heading of this level or above
}

// Statement is the smallest part of a lesson that must be claimed or listed as
// prose. The captions of blocks, footnotes that only name a source, and the references to
// footnotes are no statements.
type Statement struct {
	Kind       Kind
	Text       string // Source[Start:End]
	Section    string // the title of the innermost heading above
	Line       int
	Start, End int
	Block      int // the index of its block in Lesson.Blocks, or -1
}

// Field is a value of the front matter.
type Field struct {
	Path       string // such as learning_objectives[0].id
	Value      string
	Line       int
	Start, End int // of the whole entry, including the key
}

type span struct{ start, end int }

// Parse reads a lesson. It accepts any Markdown. It returns an error only for
// invalid UTF-8 and for more than MaxSize bytes.
func Parse(id string, source []byte) (*Lesson, error) {
	if len(source) > MaxSize {
		return nil, fmt.Errorf("lesson %s has %d bytes, and the limit is %d: split it", id, len(source), MaxSize)
	}
	if !utf8.Valid(source) {
		at := bytes.IndexRune(source, utf8.RuneError)
		return nil, fmt.Errorf("lesson %s: line %d is not UTF-8 text (byte %d): save the file as UTF-8",
			id, 1+bytes.Count(source[:at], []byte("\n")), at)
	}
	sum := sha256.Sum256(source)
	l := &Lesson{ID: id, SHA256: hex.EncodeToString(sum[:]), Source: bytes.Clone(source), lines: lineStarts(source)}
	l.walk(l.readFrontMatter())
	for _, title := range l.titles {
		l.addStatement(Sentence, title.start, title.end, -1)
	}
	slices.SortStableFunc(l.Statements, func(a, b Statement) int { return a.Start - b.Start })
	l.closeSections()
	l.folded = l.foldSource()
	l.tokens = tokenize(l.folded.text)
	for i, t := range l.tokens {
		l.tokens[i].start, l.tokens[i].end = l.folded.source(t.start, t.end)
	}
	for _, s := range l.Statements {
		if s.Kind != Heading && s.Kind != Header {
			l.units = append(l.units, l.unitsOf(s)...)
		}
	}
	for i := range l.Blocks {
		l.Blocks[i].Section = l.titleAt(l.Blocks[i].Start)
	}
	return l, nil
}

// LineAt returns the line of the byte at offset.
func (l *Lesson) LineAt(offset int) int {
	return sort.Search(len(l.lines), func(i int) bool { return l.lines[i] > offset })
}

// SectionAt returns the innermost section of the byte at offset, or nil above the
// first heading.
func (l *Lesson) SectionAt(offset int) *Section {
	i := sort.Search(len(l.Sections), func(i int) bool { return l.Sections[i].Start > offset })
	if i == 0 {
		return nil
	}
	return &l.Sections[i-1]
}

func (l *Lesson) titleAt(offset int) string {
	if s := l.SectionAt(offset); s != nil {
		return s.Title
	}
	if offset < l.body {
		return FrontMatterSection
	}
	return TopSection
}

// addStatement adds the statement at [start, end). It trims the white space around
// it, except in the text of a block.
func (l *Lesson) addStatement(kind Kind, start, end, block int) {
	if kind != Output && kind != File && kind != Fragment {
		trimmed := l.trim(span{start, end})
		start, end = trimmed.start, trimmed.end
	}
	if !hasWords(l.Source[start:end]) && block < 0 || start >= end {
		return
	}
	l.Statements = append(l.Statements, Statement{
		Kind: kind, Text: string(l.Source[start:end]), Section: l.titleAt(start),
		Line: l.LineAt(start), Start: start, End: end, Block: block,
	})
}

// trim drops the white space at both ends of a span.
func (l *Lesson) trim(s span) span {
	text := l.Source[s.start:s.end]
	s.end = s.start + len(bytes.TrimRightFunc(text, foldable))
	s.start = s.end - len(bytes.TrimLeftFunc(l.Source[s.start:s.end], foldable))
	return s
}

// unitsOf splits the statement of an output, a file or a fragment into its lines.
func (l *Lesson) unitsOf(s Statement) []span {
	if s.Kind != Output && s.Kind != File && s.Kind != Fragment {
		return []span{{s.Start, s.End}}
	}
	var out []span
	for at := s.Start; at < s.End; at = l.lineEnd(at) {
		if u := l.trim(span{at, min(l.lineEnd(at), s.End)}); u.start < u.end {
			out = append(out, u)
		}
	}
	return out
}

func (l *Lesson) closeSections() {
	for i := range l.Sections {
		s := &l.Sections[i]
		s.BodyEnd, s.End = len(l.Source), len(l.Source)
		if i+1 < len(l.Sections) {
			s.BodyEnd = l.Sections[i+1].Start
		}
		for _, next := range l.Sections[i+1:] {
			if next.Level <= s.Level {
				s.End = next.Start
				break
			}
		}
	}
}

func lineStarts(source []byte) []int {
	starts := []int{0}
	for i, b := range source {
		if b == '\n' && i+1 < len(source) {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// lineEnd returns the end of the line of offset, after its newline.
func (l *Lesson) lineEnd(offset int) int {
	if line := l.LineAt(offset); line < len(l.lines) {
		return l.lines[line]
	}
	return len(l.Source)
}
