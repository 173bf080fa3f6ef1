package lesson

import (
	"bytes"
	"strings"
)

// shellLine is what is typed at one prompt. Either span may be empty.
type shellLine struct{ command, comment span }

// shellLines cuts a shell block into what is typed at each prompt: a line with its
// continuations, its open quotes and its here-documents. It does not parse the
// shell: a lesson's commands hold placeholders like <id> that no shell takes.
func shellLines(text []byte) []shellLine {
	var out []shellLine
	for i := 0; i < len(text); {
		if isSpace(text[i]) {
			i++
			continue
		}
		if bytes.HasPrefix(text[i:], []byte("$ ")) {
			i += 2
			continue
		}
		s := shellScanner{text: text, start: i, i: i, comment: -1, quoteAt: -1}
		s.scan()
		out = append(out, s.line())
		i = s.i
	}
	return out
}

type shellScanner struct {
	text     []byte
	start, i int
	comment  int // where the comment starts, or -1
	quote    byte
	quoteAt  int
	literal  bool // quotes are letters: one of them is never closed
	here     []string
}

func (s *shellScanner) scan() {
	for {
		if s.i >= len(s.text) {
			if s.quote == 0 {
				return
			}
			s.i, s.quote, s.literal = s.quoteAt+1, 0, true
			continue
		}
		switch c := s.text[s.i]; {
		case c == '\\' && s.quote != '\'':
			s.i++
			if bytes.HasPrefix(s.text[s.i:], []byte("\r\n")) {
				s.i++
			}
			s.i = min(s.i+1, len(s.text))
			continue
		case s.quote != 0:
			if c == s.quote {
				s.quote = 0
			}
		case (c == '\'' || c == '"') && !s.literal:
			s.quote, s.quoteAt = c, s.i
		case c == '#' && len(s.here) == 0 && s.atWord():
			s.comment = s.i
			s.i = s.endOfLine(s.i)
			return
		case c == '<':
			s.hereDoc()
			continue
		case c == '\n':
			s.skipHereDocs()
			return
		}
		s.i++
	}
}

func (s *shellScanner) atWord() bool {
	return s.i == s.start || strings.IndexByte(" \t\n;&|()", s.text[s.i-1]) >= 0
}

func (s *shellScanner) endOfLine(from int) int {
	if n := bytes.IndexByte(s.text[from:], '\n'); n >= 0 {
		return from + n
	}
	return len(s.text)
}

// hereDoc steps over a redirection and notes the word that ends a here-document.
func (s *shellScanner) hereDoc() {
	n := len(s.text[s.i:]) - len(bytes.TrimLeft(s.text[s.i:], "<"))
	s.i += n
	if n != 2 {
		return
	}
	word := strings.TrimLeft(strings.TrimPrefix(string(s.text[s.i:s.endOfLine(s.i)]), "-"), " \t")
	if end := strings.IndexAny(word, " \t\r;|&<>)"); end >= 0 {
		word = word[:end]
	}
	word = strings.Trim(word, `'"\`)
	if word != "" && (word[0] == '_' || word[0]|0x20 >= 'a' && word[0]|0x20 <= 'z') {
		s.here = append(s.here, word)
		s.i = s.endOfLine(s.i)
	}
}

// skipHereDocs moves from the newline at i to the end of the last here-document. One
// that never ends is none.
func (s *shellScanner) skipHereDocs() {
	for _, word := range s.here {
		for at := s.i + 1; at < len(s.text); {
			end := s.endOfLine(at)
			if strings.TrimSpace(string(s.text[at:end])) == word {
				s.i = end
				break
			}
			at = end + 1
		}
	}
}

func (s *shellScanner) line() shellLine {
	end := min(s.i, len(s.text))
	l := shellLine{command: span{s.start, end}}
	if s.comment >= 0 {
		l.command.end = s.comment
		l.comment = span{s.comment, s.comment + len(bytes.TrimRight(s.text[s.comment:end], " \t\r\n"))}
	}
	l.command.end = s.start + len(bytes.TrimRight(s.text[s.start:l.command.end], " \t\r\n"))
	return l
}

// joinLines joins continuation lines as a shell does, and outside of quotes drops
// the indent of the next line as well.
func joinLines(command string) string {
	command = strings.ReplaceAll(command, "\r\n", "\n")
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
			for quote == 0 && strings.HasSuffix(out.String(), " ") && i+1 < len(command) && strings.IndexByte(" \t", command[i+1]) >= 0 {
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
