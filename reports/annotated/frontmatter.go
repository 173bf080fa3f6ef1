package annotated

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

var (
	firstEntry = regexp.MustCompile(`\A(?:[ \t]*(?:#.*)?\r?\n)*[ \t]*[\w-]+[ \t]*:`)
	titleEntry = regexp.MustCompile(`(?m)^title:[ \t]*(.+?)[ \t]*\r?$`)
	topHeading = regexp.MustCompile(`(?m)^#[ \t]+(.+?)[ \t#]*\r?$`)
)

// frontMatter returns where the entries between the first line and the next ---
// are, and where the Markdown begins. start and end are equal if there are none.
func frontMatter(source []byte) (start, end, body int) {
	first := len(source) - len(bytes.TrimPrefix(source, []byte("\ufeff")))
	start = lineEnd(source, first)
	if !isRule(source[first:start], "---") {
		return first, first, first
	}
	for end = start; end < len(source); end = lineEnd(source, end) {
		if body = lineEnd(source, end); isRule(source[end:body], "---", "...") {
			if firstEntry.Match(source[start:end]) {
				return start, end, body
			}
			break
		}
	}
	return first, first, first
}

func isRule(line []byte, rules ...string) bool {
	return slices.Contains(rules, string(bytes.TrimRight(line, " \t\r\n")))
}

// lineEnd returns the start of the next line.
func lineEnd(source []byte, at int) int {
	if n := bytes.IndexByte(source[at:], '\n'); n >= 0 {
		return at + n + 1
	}
	return len(source)
}

// lineAt returns the range of a line without its end, empty if there is no such line.
func lineAt(source []byte, line int) (start, end int) {
	if line < 1 {
		return 0, 0
	}
	for range line - 1 {
		start = lineEnd(source, start)
	}
	return start, start + len(bytes.TrimRight(source[start:lineEnd(source, start)], "\r\n"))
}

// titleFrom returns the title in the lesson's front matter, or its first heading,
// or nothing.
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
