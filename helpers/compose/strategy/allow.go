package strategy

import (
	"regexp"
	"strings"

	"github.com/holdfast/holdfast/helpers/compose/model"
	"go.yaml.in/yaml/v4"
)

// allowance is a comment such as `# holdfast:allow RULE reason`. It applies to
// its own line, or the next one, and to the whole block that the line opens: a
// service, a list, an entry.
type allowance struct {
	file       string
	line       int
	from, to   int
	rule       string
	reason     string
	complaints string // why it has no effect; empty where it has one
}

var allowComment = regexp.MustCompile(`(?:^|\s)#\s*holdfast:allow\b[ \t]*(\S*)[ \t]*(.*)$`)

// allowances lists the allow comments of the files.
func allowances(sources []*model.Source) (all []allowance) {
	for _, source := range sources {
		lines := source.Lines()
		for i, text := range lines {
			found := allowComment.FindStringSubmatch(text)
			if found == nil {
				continue
			}
			a := allowance{file: source.File, line: i + 1, from: i + 1, rule: found[1], reason: strings.TrimSpace(found[2])}
			for j := i; j < len(lines) && isComment(lines[j]); j++ {
				a.from = j + 2
			}
			a.to = a.from
			for _, document := range source.Documents {
				a.to = max(a.to, end(document, a.from))
			}
			switch {
			case ruleByID(a.rule) == nil:
				a.complaints = quoteOr(a.rule, "it names no rule") + " (check -list lists the rules)"
			case a.reason == "":
				a.complaints = "it gives no reason"
			}
			all = append(all, a)
		}
	}
	return all
}

func quoteOr(text, instead string) string {
	if text == "" {
		return instead
	}
	return `"` + text + `" is not a rule`
}

func isComment(line string) bool {
	trimmed := strings.TrimSpace(line)
	return trimmed == "" || strings.HasPrefix(trimmed, "#")
}

// end returns the last line of the block that a line opens.
func end(node *yaml.Node, line int) (last int) {
	visits := 0
	var walk func(*yaml.Node)
	walk = func(node *yaml.Node) {
		// The text of an alias is somewhere else.
		if visits++; node == nil || visits > 100_000 || node.Kind == yaml.AliasNode {
			return
		}
		for i, child := range node.Content {
			if child.Line == line {
				last = max(last, lastLine(child))
				if node.Kind == yaml.MappingNode && i%2 == 0 && i+1 < len(node.Content) && node.Content[i+1].Kind != yaml.AliasNode {
					last = max(last, lastLine(node.Content[i+1]))
				}
			}
			walk(child)
		}
	}
	walk(node)
	return last
}

// lastLine returns the last line of a node's own text.
func lastLine(node *yaml.Node) int {
	line := node.Line
	if node.Kind == yaml.ScalarNode {
		return line + strings.Count(node.Value, "\n")
	}
	for _, child := range node.Content {
		if child.Kind != yaml.AliasNode {
			line = max(line, lastLine(child))
		}
	}
	return line
}

// allows reports whether a comment allows a finding.
func allows(all []allowance, finding Finding) bool {
	for _, a := range all {
		if a.complaints == "" && a.file == finding.File && a.rule == finding.Rule && a.from <= finding.Line && finding.Line <= a.to {
			return true
		}
	}
	return false
}

const remedyAllow = "write `# holdfast:allow RULE reason`, on the line of the finding, above it, or above the service"

// suppression finds allow comments that have no effect.
func (c *check) suppression() {
	for _, a := range allowances(c.project.Sources) {
		if a.complaints != "" {
			c.found(place{a.file, a.line}, nil, remedyAllow, "this comment has no effect: %s", a.complaints)
		}
	}
}
