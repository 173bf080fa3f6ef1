package lesson

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

var (
	shellLanguages   = []string{"bash", "sh", "shell", "zsh"}
	sessionLanguages = []string{"console", "shell-session", "shellsession", "sh-session", "bash-session", "terminal"}
	otherShells      = []string{"powershell", "pwsh", "ps1", "cmd", "bat", "batch", "fish", "nushell"} // not typed
)

// promptPattern matches the prompts of shells: "$ ", "# ", "% ", "ann@laptop:~/app$ ".
var promptPattern = regexp.MustCompile(`^([\w.-]+@[\w.-]+[: ]?\S*?|[~/]\S*? ?)?([$#%])(?:[ \t]+|$)`)

// transcript is the text of a block that shows prompts, typed lines and outputs.
type transcript struct {
	text []byte
	root bool // "# " is a prompt, not a comment
}

// typedLine is a shellLine with the text to type and the output that is shown below.
type typedLine struct {
	shellLine
	text   string
	output span
}

// transcriptLines splits a block with prompts into what is typed and what is printed.
// ok is false if it shows no prompt.
func transcriptLines(text []byte, language string) (lines []typedLine, ok bool) {
	session := slices.Contains(sessionLanguages, language)
	shell := session || slices.Contains(shellLanguages, language)
	if !shell && !slices.Contains(plainLanguages, language) {
		return nil, false
	}
	t := transcript{text, session && !regexp.MustCompile(`(?m)^(?:\S+@\S+)?\$ `).Match(text)}
	if !t.detect(session, shell) {
		return nil, false
	}
	return t.lines(), true
}

// typedLines splits the block of a shell into what is typed. A block of a shell that
// is not typed, such as PowerShell, has no lines. ok is false if it is not for a shell.
func typedLines(text []byte, language string) (lines []typedLine, ok bool) {
	switch {
	case slices.Contains(otherShells, language):
		return nil, true
	case !slices.Contains(shellLanguages, language) && !slices.Contains(sessionLanguages, language):
		return nil, false
	}
	for _, l := range shellLines(text) {
		lines = append(lines, typedLine{shellLine: l, text: string(text[l.command.start:l.command.end])})
	}
	return lines, true
}

// detect reports whether the text has prompts. Outside of sessions the first line,
// below comments in the block of a shell, decides.
func (t transcript) detect(session, shell bool) bool {
	for line := range bytes.Lines(t.text) {
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case t.promptWidth(line) > 0:
			return session || line[0] != '%'
		case session, len(bytes.TrimSpace(line)) == 0, shell && line[0] == '#':
		default:
			return false
		}
	}
	return false
}

// promptWidth returns the length of the prompt that a line starts with, or 0.
func (t transcript) promptWidth(line []byte) int {
	at := promptPattern.FindSubmatchIndex(line)
	if at == nil || line[at[4]] == '#' && at[2] < 0 && !t.root {
		return 0
	}
	return at[1]
}

func (t transcript) lines() (all []typedLine) {
	afterBlank := true // a comment starts a paragraph; "# " elsewhere is output
	for at := 0; at < len(t.text); {
		end := lineEndIn(t.text, at)
		line := t.text[at:end]
		width := t.promptWidth(line)
		switch {
		case width > 0:
			var l typedLine
			l, end = t.typed(at + width)
			if l.text != "" || l.comment.end > 0 {
				all = append(all, l)
			}
		case afterBlank && bytes.HasPrefix(line, []byte("#")):
			all = append(all, typedLine{shellLine: shellLine{comment: span{at, at + len(bytes.TrimRight(line, " \t\r"))}}})
		case len(bytes.TrimSpace(line)) > 0:
			next := min(end+1, len(t.text))
			if n := len(all); n > 0 && all[n-1].output.end == 0 {
				all[n-1].output = span{at, next}
			} else if n > 0 {
				all[n-1].output.end = next
			} else {
				all = append(all, typedLine{output: span{at, next}}) // of no command
			}
		}
		afterBlank = len(bytes.TrimSpace(line)) == 0
		at = end + 1
	}
	return all
}

// typed reads the command after a prompt, with its further lines. It returns the end
// of the last one.
func (t transcript) typed(start int) (l typedLine, end int) {
	first := lineEndIn(t.text, start)
	l.text, end = string(bytes.TrimRight(t.text[start:first], " \t\r")), first
	text := l.text
	for range maxCommandLines {
		_, err := parseShell(maskForShell([]byte(text)))
		if end >= len(t.text) || !endsInBackslash([]byte(text)) && (err == nil || !unfinished(err)) {
			break
		}
		next := lineEndIn(t.text, end+1)
		more := strings.TrimRight(string(t.text[end+1:next]), " \t\r")
		text, end = text+"\n"+strings.TrimPrefix(strings.TrimPrefix(more, ">"), " "), next
	}
	if _, err := parseShell(maskForShell([]byte(text))); err == nil {
		l.text = text
	} else {
		end = first
	}
	comment := -1
	if end == first {
		if comment, _ = parseShell(maskForShell([]byte(l.text))); comment < 0 {
			comment = looseComment([]byte(l.text))
		}
	}
	l.shellLine = newShellLine(t.text, start, end, comment)
	if comment >= 0 {
		l.text = strings.TrimRight(l.text[:comment], " \t")
	}
	return l, end
}
