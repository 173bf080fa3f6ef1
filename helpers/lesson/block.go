package lesson

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// Block is a fenced or indented code block.
type Block struct {
	Kind       Kind   // Command (all of it is typed into a shell), Output, File or Fragment
	Info       string // the text after the opening fence
	Name       string // the file's, if Kind is File
	Caption    string // the line above that says what the block is, such as **Output:**
	Ordinal    int    // from 1, over the lesson
	Section    string
	Line       int    // of its first line, below the fence
	Start, End int    // of its lines in the source, without the fences
	Content    string // its lines with LF, without the indent or > marks of the containers
	Commands   []CommandLine
}

// CommandLine is a command as typed at one prompt, or a comment on a line of its own.
type CommandLine struct {
	Text       string // as in the block, with continuation lines, without the comment
	Joined     string // Text with its continuation lines joined
	Comment    string // with its #; Text is empty if the line holds nothing else
	Line       int
	Output     string // what a transcript shows below the command
	Start, End int    // of Text in the source, or else of the comment or the output
}

// Language returns the first word of the info string, in lower case.
func (b Block) Language() string {
	fields := strings.FieldsFunc(b.Info, func(r rune) bool { return strings.ContainsRune(" \t{},:", r) })
	if len(fields) == 0 {
		return ""
	}
	return strings.ToLower(strings.TrimPrefix(fields[0], "."))
}

// Sum returns the first twelve hex digits of the SHA-256 of the content, for Quote.Sum.
func (b Block) Sum() string {
	sum := sha256.Sum256([]byte(b.Content))
	return hex.EncodeToString(sum[:6])
}

// Head returns the first line that is not blank, with white space collapsed.
func (b Block) Head() string {
	for line := range strings.Lines(b.Content) {
		if fields := strings.Fields(line); len(fields) > 0 {
			return strings.Join(fields, " ")
		}
	}
	return ""
}

// block adds a block and its statements: one for all of it, or one for each command
// and comment.
func (w *walker) block(n ast.Node, info string) {
	above := w.caption
	w.caption = caption{}
	lines := segments(n)
	w.noteGaps(lines, w.base)
	f := newFlow(w.Source, lines, w.base)
	b := Block{Info: strings.TrimSpace(info), Caption: above.text, Name: above.name, Kind: above.kind,
		Ordinal: len(w.Blocks) + 1, Content: string(f.text)}
	b.Start, b.End = f.source(0, len(f.text))
	if len(f.text) == 0 {
		b.Start = w.base + max(n.Pos(), 0)
		b.End = b.Start
	}
	b.Line = w.LineAt(b.Start)
	var typed []typedLine
	if b.Kind == "" {
		typed = w.classify(n, &b, f.text)
	}
	switch {
	case len(typed) > 0:
		w.commands(&b, f, typed)
	case b.Kind == Command:
		w.addStatement(Fragment, b.Start, b.End, len(w.Blocks))
	case strings.TrimSpace(b.Content) != "":
		w.addStatement(b.Kind, b.Start, b.End, len(w.Blocks))
	}
	w.Blocks = append(w.Blocks, b)
}

// classify sets the kind of a block without a caption, and returns what is typed.
func (w *walker) classify(n ast.Node, b *Block, text []byte) (typed []typedLine) {
	plain := slices.Contains(plainLanguages, b.Language())
	var ok bool
	if b.Name = w.named(n, *b, string(text)); b.Name != "" {
		b.Kind = File
		return nil
	}
	if typed, ok = transcriptLines(text, b.Language()); ok {
		b.Kind = Command
		return typed
	}
	if w.isOutput(n, *b) {
		b.Kind = Output
		return nil
	}
	if typed, ok = typedLines(text, b.Language()); !ok && plain && b.Language() == "" {
		typed, ok = unlabelledCommands(text)
	}
	if b.Kind = Fragment; !ok {
		return nil
	}
	if typed, ok = withOutputs(text, typed); ok {
		b.Kind = Command
	} else if len(w.Blocks) > 0 && w.Blocks[len(w.Blocks)-1].Kind == Command {
		b.Kind = Output
	}
	return typed
}

func (w *walker) commands(b *Block, f flow, lines []typedLine) {
	for _, typed := range lines {
		c := CommandLine{Text: typed.text, Joined: joinLines(typed.text), Output: string(f.text[typed.output.start:typed.output.end])}
		if start, end := f.source(typed.command.start, typed.command.end); end > 0 {
			c.Start, c.End = start, end
			w.addStatement(Command, start, end, len(w.Blocks))
		}
		if start, end := f.source(typed.comment.start, typed.comment.end); end > 0 {
			c.Comment = string(f.text[typed.comment.start:typed.comment.end])
			if c.Text == "" {
				c.Start, c.End = start, end
			}
			w.addStatement(Comment, start, end, len(w.Blocks))
		}
		if start, end := f.source(typed.output.start, typed.output.end); end > 0 {
			if c.End == 0 {
				c.Start, c.End = start, end
			}
			w.addStatement(Output, start, end, len(w.Blocks))
		}
		c.Line = w.LineAt(c.Start)
		b.Commands = append(b.Commands, c)
	}
}

type caption struct {
	kind Kind
	name string
	text string
}

// parseCaption reads the line above a block. It ignores emphasis and code marks:
// **File: app.py**, **File**: `app.py` and File: app.py are equal.
func parseCaption(line string) caption {
	line = strings.TrimSpace(line)
	plain := strings.TrimSpace(strings.NewReplacer("*", "", "`", "").Replace(line))
	if regexp.MustCompile(`(?i)^(expected |sample |example )?output( \([^)]*\))?:?$`).MatchString(plain) {
		return caption{kind: Output, text: line}
	}
	if name := regexp.MustCompile(`(?i)^file ?(?:name)?:\s*([^\s(]+)(?:\s*\([^)]*\))?:?$`).FindStringSubmatch(plain); name != nil {
		return caption{kind: File, name: strings.TrimSuffix(name[1], ":"), text: line}
	}
	return caption{}
}
