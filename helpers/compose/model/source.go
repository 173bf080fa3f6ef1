package model

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"go.yaml.in/yaml/v4"
)

// Source is a compose file's text as a tree that knows its lines.
type Source struct {
	File string
	Root *yaml.Node // the top mapping; nil where the text is no YAML
}

// ReadSource reads a compose file. Text that is no YAML is no error here: the
// loader says so, in its own words.
func ReadSource(file string) (*Source, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the compose file: %w", err)
	}
	source := &Source{File: file}
	var document yaml.Node
	if yaml.Unmarshal(text, &document) == nil && len(document.Content) > 0 {
		source.Root = Resolve(document.Content[0])
	}
	return source, nil
}

// Resolve follows an alias to what it stands for.
func Resolve(node *yaml.Node) *yaml.Node {
	for node != nil && node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return node
}

// Pair is a key of a mapping with its value; of a list, the item twice.
type Pair struct{ Key, Value *yaml.Node }

// Pairs lists what a mapping or a list holds, merge keys (`<<`) followed.
func Pairs(node *yaml.Node) []Pair {
	node = Resolve(node)
	if node == nil {
		return nil
	}
	var pairs []Pair
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			key, value := node.Content[i], Resolve(node.Content[i+1])
			if key.Value != "<<" {
				pairs = append(pairs, Pair{key, value})
				continue
			}
			if value.Kind == yaml.SequenceNode {
				for _, one := range value.Content {
					pairs = append(pairs, Pairs(one)...)
				}
			} else {
				pairs = append(pairs, Pairs(value)...)
			}
		}
	case yaml.SequenceNode:
		for _, item := range node.Content {
			pairs = append(pairs, Pair{item, Resolve(item)})
		}
	}
	return pairs
}

// Find descends by keys, and in lists by index. It returns the key's node,
// whose line is where people look, and the value; nil where there is none.
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

// Scalars lists the plain values below a node, in order.
func Scalars(node *yaml.Node) []*yaml.Node {
	node = Resolve(node)
	if node == nil {
		return nil
	}
	if node.Kind == yaml.ScalarNode {
		return []*yaml.Node{node}
	}
	var all []*yaml.Node
	for _, pair := range Pairs(node) {
		all = append(all, Scalars(pair.Value)...)
	}
	return all
}

// folderName is the project name that Compose makes of a folder.
func folderName(dir string) string {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		absolute = dir
	}
	if name := loader.NormalizeProjectName(filepath.Base(absolute)); name != "" {
		return name
	}
	return "project"
}

// mentions tells whether a short or long entry such as `data:/data` is about
// the name.
func mentions(value, name string) bool {
	return value == name || strings.HasPrefix(value, name+":")
}
