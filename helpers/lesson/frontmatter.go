package lesson

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v4"
)

// readFrontMatter reads the YAML between the first line and the next ---, adds a
// statement for each entry with a value, and returns where the Markdown begins.
// If the YAML does not parse, each line is a statement.
func (l *Lesson) readFrontMatter() (base int) {
	if bytes.HasPrefix(l.Source, []byte("\ufeff")) {
		base = len("\ufeff")
	}
	body, after := l.frontMatter(base, "---")
	if after < 0 {
		if body, after = l.frontMatter(base, "+++"); after >= 0 {
			return l.frontMatterLines(body, after)
		}
	}
	if after < 0 {
		return base
	}
	yamlText := l.Source[body.start:body.end]
	var root yaml.Node
	if err := yaml.Unmarshal(yamlText, &root); err != nil || len(root.Content) == 0 {
		if !regexp.MustCompile(`\A\s*[\w-]+\s*:`).Match(yamlText) {
			return base
		}
		return l.frontMatterLines(body, after)
	}
	if root.Content[0].Kind != yaml.MappingNode {
		return base
	}
	l.body = after
	var y yamlReader
	y.read(root.Content[0], "", 0)
	l.addFields(y, body)
	return after
}

// frontMatter finds the lines between the two rules. after is -1 without any.
func (l *Lesson) frontMatter(base int, rule string) (body span, after int) {
	isRule := func(at int, rule string) bool {
		return string(bytes.TrimRight(l.Source[at:l.lineEnd(at)], " \t\r\n")) == rule
	}
	if !isRule(base, rule) {
		return span{}, -1
	}
	body.start = l.lineEnd(base)
	for at := body.start; at < len(l.Source); at = l.lineEnd(at) {
		if isRule(at, rule) || rule == "---" && isRule(at, "...") {
			body.end = at
			return body, l.lineEnd(at)
		}
	}
	return span{}, -1
}

// frontMatterLines makes each line of the front matter a statement.
func (l *Lesson) frontMatterLines(body span, after int) int {
	l.body = after
	for at := body.start; at < body.end; at = l.lineEnd(at) {
		l.addStatement(FrontMatter, at, min(l.lineEnd(at), body.end), -1)
	}
	return after
}

func (l *Lesson) addFields(y yamlReader, body span) {
	first := l.LineAt(body.start)
	last := -1
	for _, f := range y.fields {
		line := first + f.Line - 1
		if line > len(l.lines) || l.lines[line-1] >= body.end {
			continue
		}
		end := body.end
		if n, _ := slices.BinarySearch(y.starts, f.Line+1); n < len(y.starts) {
			if next := first + y.starts[n] - 1; next <= len(l.lines) {
				end = min(l.lines[next-1], body.end)
			}
		}
		start := l.lines[line-1]
		entry := bytes.TrimLeft(l.Source[start:end], " \t")
		if item, found := bytes.CutPrefix(entry, []byte("- ")); found {
			entry = bytes.TrimLeft(item, " \t")
		}
		start = end - len(entry)
		end = start + len(trimComments(entry))
		f.Line, f.Start, f.End = line, start, end
		l.FrontMatter = append(l.FrontMatter, f)
		if start > last {
			l.addStatement(FrontMatter, start, end, -1)
			last = start
		}
	}
}

// trimComments drops blank lines and comments after an entry.
func trimComments(entry []byte) []byte {
	for {
		entry = bytes.TrimRight(entry, " \t\r\n")
		n := bytes.LastIndexByte(entry, '\n')
		if n < 0 || !bytes.HasPrefix(bytes.TrimSpace(entry[n:]), []byte("#")) {
			return entry
		}
		entry = entry[:n]
	}
}

// yamlReader collects the values of a YAML document in order.
type yamlReader struct {
	fields []Field
	starts []int // the lines on which entries start, in order
}

func (y *yamlReader) read(n *yaml.Node, path string, line int) {
	if line == 0 {
		line = n.Line
	}
	switch {
	case n.Kind == yaml.MappingNode && len(n.Content) > 1:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			y.start(key.Line)
			y.read(n.Content[i+1], join(path, key.Value), key.Line)
		}
	case n.Kind == yaml.SequenceNode && len(n.Content) > 0:
		for i, item := range n.Content {
			y.start(item.Line)
			y.read(item, fmt.Sprintf("%s[%d]", path, i), 0)
		}
	default:
		y.fields = append(y.fields, Field{Path: path, Value: n.Value, Line: line})
	}
}

func (y *yamlReader) start(line int) {
	if n := len(y.starts); n == 0 || y.starts[n-1] < line {
		y.starts = append(y.starts, line)
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
