package model

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Source is the text of a compose file and its documents as YAML nodes with lines.
type Source struct {
	File      string
	Text      []byte
	Documents []*yaml.Node // the top mapping of each document; none where the text is not YAML
}

// ReadSource reads a compose file. Text that is not YAML is not an error
// here: the loader reports it.
func ReadSource(file string) (*Source, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the compose file: %w", err)
	}
	source := &Source{File: file, Text: text}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var document yaml.Node
		if decoder.Decode(&document) != nil {
			return source, nil
		}
		if len(document.Content) > 0 {
			source.Documents = append(source.Documents, Resolve(document.Content[0]))
		}
	}
}

// breaks replaces YAML's line breaks with newlines.
var breaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")

// Lines returns the text of the lines as YAML counts them.
func (s *Source) Lines() []string {
	return strings.Split(breaks.Replace(string(s.Text)), "\n")
}

// Line returns the text of a line, counted from 1.
func (s *Source) Line(number int) string {
	lines := s.Lines()
	if number < 1 || number > len(lines) {
		return ""
	}
	return lines[number-1]
}

// Find descends by keys, in the last document that has them.
func (s *Source) Find(path ...string) Pair {
	for i := len(s.Documents) - 1; i >= 0; i-- {
		if at := Find(s.Documents[i], path...); at.Key != nil {
			return at
		}
	}
	return Pair{}
}

// Resolve follows an alias to the node that it stands for.
func Resolve(node *yaml.Node) *yaml.Node {
	for node != nil && node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return node
}

// Pair is a key of a mapping with its value; of a list, the item twice.
type Pair struct{ Key, Value *yaml.Node }

// Pairs lists the entries of a mapping or a list. Merge keys (`<<`) are
// followed; a mapping's own keys win over merged ones.
func Pairs(node *yaml.Node) []Pair {
	return pairs(node, 0)
}

// deepest limits the depth of merge keys, which can be circular.
const deepest = 100

func pairs(node *yaml.Node, depth int) []Pair {
	node = Resolve(node)
	if node == nil || depth > deepest {
		return nil
	}
	var all []Pair
	switch node.Kind {
	case yaml.MappingNode:
		var merged []Pair
		own := map[string]bool{}
		for i := 0; i+1 < len(node.Content); i += 2 {
			key, value := node.Content[i], Resolve(node.Content[i+1])
			switch {
			case key.Value != "<<":
				own[key.Value] = true
				all = append(all, Pair{key, value})
			case value.Kind == yaml.SequenceNode:
				for _, one := range value.Content {
					merged = append(merged, pairs(one, depth+1)...)
				}
			default:
				merged = append(merged, pairs(value, depth+1)...)
			}
		}
		for _, pair := range merged {
			if !own[pair.Key.Value] {
				own[pair.Key.Value] = true
				all = append(all, pair)
			}
		}
	case yaml.SequenceNode:
		for _, item := range node.Content {
			all = append(all, Pair{item, Resolve(item)})
		}
	}
	return all
}

// Find descends by keys, and in lists by index. It returns the key's node, which
// has the line to report, and the value; nil if there is none.
func Find(node *yaml.Node, path ...string) (at Pair) {
	at = Pair{node, Resolve(node)}
	for _, step := range path {
		found := Pair{}
		for i, pair := range Pairs(at.Value) {
			if pair.Key.Value == step && at.Value.Kind == yaml.MappingNode || at.Value.Kind == yaml.SequenceNode && strconv.Itoa(i) == step {
				found = pair
				break
			}
		}
		if found.Key == nil {
			return Pair{}
		}
		at = found
	}
	return at
}

// Scalars lists the plain values below a node, in order. It stops after
// 10,000 nodes: aliases can make a short text endless.
func Scalars(node *yaml.Node) []*yaml.Node {
	var all []*yaml.Node
	visits := 0
	var walk func(*yaml.Node)
	walk = func(node *yaml.Node) {
		node = Resolve(node)
		if visits++; node == nil || visits > 10_000 {
			return
		}
		if node.Kind == yaml.ScalarNode {
			all = append(all, node)
			return
		}
		for _, pair := range Pairs(node) {
			walk(pair.Value)
		}
	}
	walk(node)
	return all
}

// mentions reports whether a short or long entry such as `data:/data` is
// about the name.
func mentions(value, name string) bool {
	return value == name || strings.HasPrefix(value, name+":")
}
