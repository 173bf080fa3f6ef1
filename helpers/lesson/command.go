package lesson

import (
	"bytes"
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// shellLine is what is typed at one prompt. Either span may be empty.
type shellLine struct{ command, comment span }

// maxCommandLines bounds how many lines one command may have, and with that the
// time for a block with an unclosed quote.
const maxCommandLines = 100

// shellLines splits a shell block into what is typed at each prompt: a command with
// its continuation lines, quotes, here-documents and loops. A line that no shell
// would parse stands alone.
func shellLines(text []byte) []shellLine {
	parsable := maskForShell(text)
	var out []shellLine
	for i := 0; i < len(text); {
		switch {
		case isSpace(text[i]):
			i++
		case bytes.HasPrefix(text[i:], []byte("$ ")):
			i += 2
		default:
			l := nextShellLine(parsable, i)
			out = append(out, l)
			i = max(l.command.end, l.comment.end)
		}
	}
	return out
}

var (
	placeholder = regexp.MustCompile(`(^|[^<])<[A-Za-z](?:[\w .-]*\w)?>`)
	lineComment = regexp.MustCompile(`(?:^|[ \t])#.*`)
)

// maskForShell replaces placeholders such as <id>, which no shell parses, with words
// of the same length.
func maskForShell(text []byte) []byte {
	return placeholder.ReplaceAllFunc(text, func(found []byte) []byte {
		masked := bytes.Repeat([]byte("_"), len(found))
		if found[0] != '<' {
			masked[0] = found[0]
		}
		return masked
	})
}

// nextShellLine reads the command or the comment that starts at from.
func nextShellLine(text []byte, from int) shellLine {
	end := lineEndIn(text, from)
	first := end
	for range maxCommandLines {
		comment, err := parseShell(text[from:end])
		continues := endsInBackslash(text[from:end])
		switch {
		case err == nil && (comment >= 0 || !continues):
			return newShellLine(text, from, end, comment)
		case err != nil && !unfinished(err) && !continues, end >= len(text):
			return newShellLine(text, from, first, looseComment(text[from:first]))
		}
		end = lineEndIn(text, end+1)
	}
	return newShellLine(text, from, first, looseComment(text[from:first]))
}

// parseShell returns where the comment starts that ends the text, -1 without one.
func parseShell(text []byte) (comment int, err error) {
	file, err := syntax.NewParser(syntax.KeepComments(true)).Parse(bytes.NewReader(text), "")
	if err != nil {
		return -1, err
	}
	comment = -1
	syntax.Walk(file, func(node syntax.Node) bool {
		if c, ok := node.(*syntax.Comment); ok && len(bytes.TrimSpace(text[c.End().Offset():])) == 0 {
			comment = int(c.Pos().Offset())
		}
		return true
	})
	return comment, nil
}

// unfinished reports whether more lines could complete the command.
func unfinished(err error) bool {
	return syntax.IsIncomplete(err) || strings.Contains(err.Error(), "unclosed here-document")
}

// looseComment returns where the comment starts in a line that does not parse.
func looseComment(line []byte) int {
	if at := lineComment.FindIndex(line); at != nil {
		return at[0] + bytes.IndexByte(line[at[0]:], '#')
	}
	return -1
}

// newShellLine cuts [from, end) where its comment starts, counted from from.
func newShellLine(text []byte, from, end, comment int) shellLine {
	end = from + len(bytes.TrimRight(text[from:end], " \t\r\n"))
	if comment < 0 {
		return shellLine{command: span{from, end}}
	}
	command := bytes.TrimRight(text[from:from+comment], " \t\r\n")
	return shellLine{span{from, from + len(command)}, span{from + comment, end}}
}

func lineEndIn(text []byte, from int) int {
	if n := bytes.IndexByte(text[min(from, len(text)):], '\n'); n >= 0 {
		return from + n
	}
	return len(text)
}

func endsInBackslash(text []byte) bool {
	return (len(text)-len(bytes.TrimRight(text, `\`)))%2 == 1
}

// joinLines joins continuation lines as a shell does. Outside of quotes it drops
// the indent of the next line as well.
func joinLines(command string) string {
	var out strings.Builder
	quote := byte(0)
	for i := 0; i < len(command); i++ {
		c := command[i]
		switch {
		case c == '\\' && quote != '\'' && i+1 < len(command):
			i++
			if command[i] != '\n' {
				out.WriteByte(c)
				out.WriteByte(command[i])
				continue
			}
			for quote == 0 && strings.HasSuffix(out.String(), " ") && i+1 < len(command) && foldable(rune(command[i+1])) && command[i+1] != '\n' {
				i++
			}
			continue
		case c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		}
		out.WriteByte(c)
	}
	return out.String()
}
