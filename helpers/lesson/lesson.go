// Package lesson reads a lesson: a Markdown file that teaches. It cuts the text
// into the statements it makes, finds the quotes that a catalogue took from it,
// tells what has changed since, and which statements nobody quotes.
//
// Every position is a byte offset into the source as it was read, and every line
// is counted from 1 in that source; the source itself is never changed.
package lesson

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"unicode/utf8"
)

// MaxSize is the size in bytes above which Parse refuses a source.
const MaxSize = 1 << 20

// FrontMatterSection is the section of what stands in the front matter.
const FrontMatterSection = "front matter"

// Kind says what a statement or a block is.
type Kind string

// The kinds of statements. Output, File and Fragment are those of blocks too.
const (
	Sentence    Kind = "sentence"    // a sentence of a paragraph
	Item        Kind = "item"        // a sentence of a list item
	Row         Kind = "row"         // a row of a table, without its header
	Command     Kind = "command"     // a command of a shell block, with its continuation lines
	Comment     Kind = "comment"     // a comment in a shell block
	Output      Kind = "output"      // a block that shows what a command prints
	File        Kind = "file"        // a block that is a file, named in the lesson
	Fragment    Kind = "fragment"    // any other block: an example, an edit
	HTML        Kind = "html"        // a block of raw HTML that holds words
	FrontMatter Kind = "frontmatter" // an entry of the front matter
)

// Lesson is a lesson as it was read.
type Lesson struct {
	ID          string
	SHA256      string // of Source, in hex
	Source      []byte
	FrontMatter []Field
	Sections    []Section   // in order
	Statements  []Statement // in order, none overlapping another
	Blocks      []Block     // in order

	body   int     // where the front matter ends; 0 where there is none
	lines  []int   // where each line starts
	gaps   []span  // what stands between the lines of one paragraph: indents and > marks
	folded flow    // the source with each run of white space folded into one space
	tokens []token // of folded, placed in the source
	units  []span  // the statements, those of blocks cut into their lines
}

// Section is a heading and what stands under it.
type Section struct {
	Title   string   // the heading as written, without its # marks
	Level   int      // 1 to 6
	Path    []string // the titles from the outermost heading down to this one
	Line    int
	Start   int // where the heading's line starts
	BodyEnd int // where the next heading starts, of whatever level
	End     int // where the next heading of this level or above starts
}

// Statement is the smallest thing that must be claimed or listed as prose.
// A heading is none, nor is a table's header, nor the caption of a block.
type Statement struct {
	Kind       Kind
	Text       string // as in the source, Source[Start:End]
	Section    string // the title of the innermost heading above it
	Line       int
	Start, End int
	Block      int // the index in Lesson.Blocks of the block it stands in, else -1
}

// Field is a value of the front matter.
type Field struct {
	Path       string // such as learning_objectives[0].id
	Value      string
	Line       int
	Start, End int // of the whole entry, key included
}

type span struct{ start, end int }

// Parse reads a lesson. It takes any Markdown, however odd, and refuses only
// what is not text: invalid UTF-8, or more than MaxSize bytes.
func Parse(id string, source []byte) (*Lesson, error) {
	if len(source) > MaxSize {
		return nil, fmt.Errorf("lesson %s: %d bytes are more than the %d a lesson may have", id, len(source), MaxSize)
	}
	if !utf8.Valid(source) {
		at := invalidAt(source)
		return nil, fmt.Errorf("lesson %s: line %d is not UTF-8 text (byte %d): save the file as UTF-8",
			id, 1+bytes.Count(source[:at], []byte("\n")), at)
	}
	sum := sha256.Sum256(source)
	l := &Lesson{ID: id, SHA256: hex.EncodeToString(sum[:]), Source: bytes.Clone(source), lines: lineStarts(source)}
	l.walk(l.readFrontMatter())
	l.closeSections()
	l.folded = l.foldSource()
	l.tokens = tokenize(l.folded.text)
	for i, t := range l.tokens {
		l.tokens[i].start, l.tokens[i].end = l.folded.source(t.start, t.end)
	}
	for _, s := range l.Statements {
		l.units = append(l.units, l.unitsOf(s)...)
	}
	for i := range l.Blocks {
		l.Blocks[i].Section = l.titleAt(l.Blocks[i].Start)
	}
	return l, nil
}

// LineAt returns the line that the byte at offset stands in.
func (l *Lesson) LineAt(offset int) int {
	return sort.Search(len(l.lines), func(i int) bool { return l.lines[i] > offset })
}

// SectionAt returns the innermost section that the byte at offset stands in, or
// nil where it stands above the first heading.
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
	return ""
}

// state adds the statement that stands at [start, end), less the white space
// around it unless it is a block's.
func (l *Lesson) state(kind Kind, start, end, block int) {
	if kind != Output && kind != File && kind != Fragment {
		for start < end && isSpace(l.Source[start]) {
			start++
		}
		for end > start && isSpace(l.Source[end-1]) {
			end--
		}
	}
	if !hasWords(l.Source[start:end]) && block < 0 || start >= end {
		return
	}
	l.Statements = append(l.Statements, Statement{
		Kind: kind, Text: string(l.Source[start:end]), Section: l.titleAt(start),
		Line: l.LineAt(start), Start: start, End: end, Block: block,
	})
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

// lineEnd returns where the line of offset ends, its newline included.
func (l *Lesson) lineEnd(offset int) int {
	if line := l.LineAt(offset); line < len(l.lines) {
		return l.lines[line]
	}
	return len(l.Source)
}

func invalidAt(source []byte) int {
	for i := 0; i < len(source); {
		r, size := utf8.DecodeRune(source[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(source)
}
