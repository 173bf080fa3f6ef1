package annotated

import (
	"bytes"
	"regexp"
	"strings"
)

var (
	firstEntry = regexp.MustCompile(`\A(?:[ \t]*(?:#.*)?\r?\n)*[ \t]*[\w-]+[ \t]*:`)
	titleEntry = regexp.MustCompile(`(?m)^title:[ \t]*(.+?)[ \t]*\r?$`)
	topHeading = regexp.MustCompile(`(?m)^#[ \t]+(.+?)[ \t#]*\r?$`)
)

// frontMatter finds the entries between the first line and the next ---, and
// where the Markdown begins; start and end are equal where there are none.
func frontMatter(source []byte) (start, end, body int) {
	first := len(source) - len(bytes.TrimPrefix(source, []byte("\ufeff")))
	at := lineEnd(source, first)
	if !isRule(source[first:at], "---") {
		return first, first, first
	}
	start = at
	for at < len(source) {
		next := lineEnd(source, at)
		if isRule(source[at:next], "---", "...") {
			if !firstEntry.Match(source[start:at]) {
				break
			}
			return start, at, next
		}
		at = next
	}
	return first, first, first
}

func isRule(line []byte, rules ...string) bool {
	text := string(bytes.TrimRight(line, " \t\r\n"))
	for _, rule := range rules {
		if text == rule {
			return true
		}
	}
	return false
}

func lineEnd(source []byte, at int) int {
	if n := bytes.IndexByte(source[at:], '\n'); n >= 0 {
		return at + n + 1
	}
	return len(source)
}

// lineAt is where a line stands, without its end; an empty range where the text
// has no such line.
func lineAt(source []byte, line int) (start, end int) {
	if line < 1 {
		return 0, 0
	}
	for range line - 1 {
		start = lineEnd(source, start)
	}
	return start, start + len(bytes.TrimRight(source[start:lineEnd(source, start)], "\r\n"))
}

// titleFrom is what the lesson calls itself: in its front matter, else in its
// first heading; empty where it does not.
func titleFrom(source []byte) string {
	start, end, body := frontMatter(source)
	if found := titleEntry.FindSubmatch(source[start:end]); found != nil {
		return strings.Trim(string(found[1]), `"'`)
	}
	if found := topHeading.FindSubmatch(source[body:]); found != nil {
		return string(found[1])
	}
	return ""
}
