package strategy

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/compose/model"
	"go.yaml.in/yaml/v4"
)

const (
	remedySecret  = "read the value from the environment or an .env file that is not committed (`${NAME}`), or from a file on a tmpfs"
	remedyEnvFile = "remove the file from the repository (`git rm --cached`), ignore it, rotate the secrets, and commit an example without values"
)

// noSecretValues finds hard-coded secrets. It reads the files themselves, not
// the merged project: a secret that another file overrides is still in the
// repository, and so is one of a service that no profile starts.
func (c *check) noSecretValues() {
	names := c.project.ServiceNames()
	for name := range c.project.DisabledServices {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, layer := range c.project.Layers("services", name) {
			c.serviceSecrets(name, layer)
		}
	}
	for _, source := range c.project.Sources {
		for _, document := range source.Documents {
			for _, section := range []string{"volumes", "networks"} {
				for _, entry := range model.Pairs(model.Find(document, section).Value) {
					c.scanEntries(source, "", "driver option", model.Find(entry.Value, "driver_opts").Value)
				}
			}
			for _, entry := range model.Pairs(model.Find(document, "configs").Value) {
				c.scanText(source, "", "config "+entry.Key.Value, model.Find(entry.Value, "content").Value)
			}
		}
	}
	c.envFiles()
}

// serviceSecrets scans every part of a service that Compose passes to a program.
func (c *check) serviceSecrets(name string, layer model.Layer) {
	for _, at := range []struct {
		what string
		path []string
	}{
		{"variable", []string{"environment"}}, {"label", []string{"labels"}}, {"label", []string{"deploy", "labels"}}, {"annotation", []string{"annotations"}},
		{"build argument", []string{"build", "args"}}, {"label", []string{"build", "labels"}}, {"logging option", []string{"logging", "options"}},
		{"storage option", []string{"storage_opt"}}, {"provider option", []string{"provider", "options"}},
	} {
		c.scanEntries(layer.Source, name, at.what, model.Find(layer.Value, at.path...).Value)
	}
	for _, path := range [][]string{{"command"}, {"entrypoint"}, {"healthcheck", "test"}} {
		c.scanWords(layer.Source, name, model.Find(layer.Value, path...).Value)
	}
	for _, hooks := range []string{"post_start", "pre_stop", "pre_start"} {
		for _, hook := range model.Pairs(model.Find(layer.Value, hooks).Value) {
			c.scanWords(layer.Source, name, model.Find(hook.Value, "command").Value)
			c.scanEntries(layer.Source, name, "variable", model.Find(hook.Value, "environment").Value)
		}
	}
	c.scanText(layer.Source, name, "the inline Dockerfile", model.Find(layer.Value, "build", "dockerfile_inline").Value)
}

// leak records a hard-coded secret.
func (c *check) leak(source *model.Source, line int, name, format string, args ...any) {
	c.found(place{source.File, line}, nil, remedySecret, format, args...)
	if name != "" {
		c.findings[len(c.findings)-1].Services = []string{name}
	}
}

// scanEntries scans the entries of a mapping, or of a list of NAME=VALUE.
func (c *check) scanEntries(source *model.Source, service, what string, node *yaml.Node) {
	if node == nil {
		return
	}
	for _, pair := range model.Pairs(node) {
		name, value := pair.Key.Value, pair.Value.Value
		if node.Kind == yaml.SequenceNode {
			name, value, _ = strings.Cut(pair.Value.Value, "=")
		}
		line := pair.Key.Line
		if pair.Value.Kind == yaml.ScalarNode && strings.Contains(value, "\n") {
			if c.scanLines(source, service, what+" "+name, pair.Value) {
				continue
			}
		}
		if how := c.leaks(name, value); how != "" {
			c.leak(source, line, service, "%s hard-coded in %s %s", how, what, name)
		}
	}
}

// scanWords scans the words of a command and records the secrets.
func (c *check) scanWords(source *model.Source, service string, node *yaml.Node) {
	if node == nil {
		return
	}
	c.scanCommand(node, func(how, name string, line int, text string) {
		line = lineOf(source, line, text)
		if name == "" {
			c.leak(source, line, service, "%s hard-coded in a command", how)
			return
		}
		c.leak(source, line, service, "%s hard-coded in command option %s", how, name)
	})
}

// lineOf returns the line of a text at a line or, if a scalar is folded, below it.
func lineOf(source *model.Source, line int, text string) int {
	lines := source.Lines()
	for i := line; i <= min(line+100, len(lines)); i++ {
		if strings.Contains(lines[i-1], text) {
			return i
		}
	}
	return line
}

// scanText scans the text of a config or of an inline Dockerfile.
func (c *check) scanText(source *model.Source, service, what string, node *yaml.Node) {
	if node != nil {
		c.scanLines(source, service, what, node)
	}
}

// setting matches a line such as `name: value`, `name = value` or `ENV name=value`.
var setting = regexp.MustCompile(`^\s*(?:-\s+|export\s+|ENV\s+|ARG\s+|SET\s+)?["']?([\w.-]+)["']?\s*(?::=|[:=]|\s)\s*["']?([^"'\s,;]+)["']?[,;]?\s*\\?$`)

// scanLines scans a text line by line, and JSON key by key.
func (c *check) scanLines(source *model.Source, service, what string, node *yaml.Node) (found bool) {
	report := func(line int, how, name string) {
		found = true
		if name != "" {
			name = ": " + name
		}
		c.leak(source, line, service, "%s hard-coded in %s%s", how, what, name)
	}
	var parsed any
	block := node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
	if json.Unmarshal([]byte(node.Value), &parsed) == nil && !strings.Contains(node.Value, "\n") {
		for _, name := range c.jsonSecrets("", parsed) {
			report(node.Line, "secret", name)
		}
		return found
	}
	for i, text := range strings.Split(node.Value, "\n") {
		line := node.Line
		if block {
			line += i + 1
		}
		if comment.MatchString(text) {
			continue
		}
		if at := setting.FindStringSubmatch(text); at != nil {
			if how := c.leaks(at[1], at[2]); how != "" {
				report(line, how, at[1])
				continue
			}
		}
		if how := revealed(literal(text).text); how != "" {
			report(line, how, "")
		}
	}
	return found
}

var comment = regexp.MustCompile(`^\s*(?:#|//|;|--)`)

// jsonSecrets lists the names of the secrets in a JSON document.
func (c *check) jsonSecrets(name string, value any) (all []string) {
	switch value := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			all = append(all, c.jsonSecrets(key, value[key])...)
		}
	case []any:
		for _, item := range value {
			all = append(all, c.jsonSecrets(name, item)...)
		}
	case string:
		if c.leaks(name, value) != "" {
			all = append(all, name)
		}
	}
	return all
}
