package model

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v4"
)

// diagnose finds the cause of a load error and its line. compose-go visits maps
// in random order and reports the first fault that it meets. To report the first
// one in the text, diagnose loads each part of the files alone until one fails.
func (l *load) diagnose(ctx context.Context, names []string, err error) *LoadError {
	located := locate(l.sources, err)
	switch {
	case strings.Contains(err.Error(), "non-string key"):
		if key := nonString(l.sources); key != nil {
			located = key
		}
	case !syntactic(err):
		for _, source := range l.sources {
			if alone := l.isolate(ctx, source, source.File == names[0], err); alone != nil {
				located = alone
				break
			}
		}
	}
	located.Unset = UnsetIn(located.Err.Error())
	if len(located.Unset) == 0 && located.Line > 0 {
		located.Unset = l.unsetAt(located)
	}
	if printable := Printable(located.Err.Error()); printable != located.Err.Error() {
		located.Err = errors.New(printable)
	}
	return located
}

// nonString finds the first key in the text that is not a string.
func nonString(sources []*Source) *LoadError {
	visits := 0
	var search func(*yaml.Node) *yaml.Node
	search = func(node *yaml.Node) *yaml.Node {
		if visits++; visits > 100_000 {
			return nil
		}
		for i, child := range node.Content {
			if tag := child.ShortTag(); node.Kind == yaml.MappingNode && i%2 == 0 && tag != "!!str" && tag != "!!merge" {
				return child
			}
			if found := search(child); found != nil {
				return found
			}
		}
		return nil
	}
	for _, source := range sources {
		for _, document := range source.Documents {
			if key := search(document); key != nil {
				return &LoadError{File: source.File, Line: key.Line, Err: fmt.Errorf("non-string key %q", key.Value)}
			}
		}
	}
	return nil
}

// listed matches the keys that a message of the schema lists in random order.
var listed = regexp.MustCompile(`(?s)additional properties '(.*)' not allowed`)

// ordered sorts the keys that an error lists.
func ordered(err error) error {
	if err == nil {
		return nil
	}
	found := listed.FindStringSubmatchIndex(err.Error())
	if found == nil {
		return err
	}
	message := err.Error()
	keys := strings.Split(message[found[2]:found[3]], "', '")
	slices.Sort(keys)
	return errors.New(message[:found[2]] + strings.Join(keys, "', '") + message[found[3]:])
}

// syntactic reports whether an error is about the syntax, where the loader always
// reports the first fault.
func syntactic(err error) bool {
	return yamlLine.MatchString(err.Error()) || strings.Contains(err.Error(), "error while interpolating") ||
		strings.Contains(err.Error(), "Invalid template") || strings.Contains(err.Error(), "required variable")
}

// unsetAt lists the variables without a value on the line of an error.
func (l *load) unsetAt(at *LoadError) (names []string) {
	for _, source := range l.sources {
		if source.File == at.File {
			if text, err := substitute(source.Line(at.Line), l.environment.Resolve); err == nil {
				names = UnsetIn(text)
			}
		}
	}
	return names
}

// sections are the top-level elements that hold named entries.
var sections = []string{"services", "jobs", "networks", "volumes", "secrets", "configs", "models"}

// isolate loads each key of each entry of a file by itself, and reports the
// first that fails.
func (l *load) isolate(ctx context.Context, source *Source, base bool, whole error) *LoadError {
	for _, document := range source.Documents {
		for _, top := range Pairs(document) {
			section := top.Key.Value
			if !slices.Contains(sections, section) || top.Value.Kind != yaml.MappingNode {
				continue
			}
			for _, entry := range Pairs(top.Value) {
				if failed := l.entry(ctx, source, section, entry, base); failed != nil {
					return failed
				}
			}
		}
		for _, entry := range Pairs(Find(document, "services").Value) {
			if failed := l.service(ctx, source, entry, whole); failed != nil {
				return failed
			}
		}
	}
	return nil
}

// entry loads one service, volume or other entry, a service key by key.
func (l *load) entry(ctx context.Context, source *Source, section string, entry Pair, base bool) *LoadError {
	if entry.Value.Kind != yaml.MappingNode || section != "services" && section != "jobs" {
		return l.part(ctx, source, section, entry, entry, map[string]any{}, base)
	}
	for _, key := range Pairs(entry.Value) {
		if key.Key.Value == "extends" {
			continue
		}
		if failed := l.part(ctx, source, section, entry, key, map[string]any{"image": "x"}, base); failed != nil {
			return failed
		}
	}
	return nil
}

// collections are the keys of a service whose entries can be loaded one by one.
var collections = []string{"networks", "depends_on", "volumes", "secrets", "configs", "models", "ports", "tmpfs", "links", "volumes_from"}

// part loads one key of an entry, and its entries one by one if that fails.
func (l *load) part(ctx context.Context, source *Source, section string, entry, key Pair, rest map[string]any, base bool) *LoadError {
	failed := l.value(ctx, source, section, entry, key, key.Value, rest, base)
	if failed == nil || key.Key == entry.Key || !slices.Contains(collections, key.Key.Value) {
		return failed
	}
	for i := range key.Value.Content {
		one := &yaml.Node{Kind: key.Value.Kind, Tag: key.Value.Tag, Line: key.Value.Line}
		switch {
		case key.Value.Kind == yaml.SequenceNode:
			one.Content = key.Value.Content[i : i+1]
		case i%2 == 0 && i+1 < len(key.Value.Content):
			one.Content = key.Value.Content[i : i+2]
		default:
			continue
		}
		if found := l.value(ctx, source, section, entry, key, one, rest, base); found != nil {
			return found
		}
	}
	return failed
}

// value loads a value under a key of an entry.
func (l *load) value(ctx context.Context, source *Source, section string, entry, key Pair, node *yaml.Node, rest map[string]any, base bool) *LoadError {
	var value any
	if node.Decode(&value) != nil {
		return nil
	}
	config := l.stubs(key.Key.Value)
	if config[section] == nil {
		config[section] = map[string]any{}
	}
	if key.Key == entry.Key {
		config[section].(map[string]any)[entry.Key.Value] = value
	} else {
		whole := maps.Clone(rest)
		whole[key.Key.Value] = value
		config[section].(map[string]any)[entry.Key.Value] = whole
	}
	err := l.config(ctx, source, config)
	if err == nil || !base && strings.Contains(err.Error(), "missing propert") {
		return nil
	}
	found := locate([]*Source{{File: source.File, Documents: source.Documents}}, err)
	if !validName.MatchString(entry.Key.Value) {
		found.Line = entry.Key.Line
	} else if found.Line < key.Key.Line || found.Line > last(key.Value) {
		found.Line = key.Key.Line
	}
	return found
}

// service loads one whole service, as some faults lie between its keys. Another
// file may complete the service, so the fault counts only if its message is of the
// same kind as the whole project's.
func (l *load) service(ctx context.Context, source *Source, entry Pair, whole error) *LoadError {
	var value map[string]any
	if entry.Value.Decode(&value) != nil || value == nil {
		return nil
	}
	delete(value, "extends")
	config := l.stubs("depends_on")
	config["services"].(map[string]any)[entry.Key.Value] = value
	if err := l.config(ctx, source, config); err != nil && kindOf(err) == kindOf(whole) {
		return locate([]*Source{source}, err)
	}
	return nil
}

var varying = regexp.MustCompile(`"[^"]*"|services\.[^\s:]+|service \S+`)

// kindOf is an error's message without names.
func kindOf(err error) string { return varying.ReplaceAllString(err.Error(), "") }

// validName matches what Compose takes for the name of a service or a volume.
var validName = regexp.MustCompile(`^[a-zA-Z0-9._-]+$`)

// stubs declares everything that the files declare, for the references of one part.
func (l *load) stubs(key string) map[string]any {
	config := map[string]any{"services": map[string]any{}}
	for _, source := range l.sources {
		for _, document := range source.Documents {
			for section, stub := range map[string]map[string]any{
				"networks": {}, "volumes": {}, "secrets": {"environment": "X"}, "configs": {"content": "x"}, "models": {"model": "x"},
			} {
				for _, entry := range Pairs(Find(document, section).Value) {
					if !validName.MatchString(entry.Key.Value) {
						continue
					}
					if config[section] == nil {
						config[section] = map[string]any{}
					}
					config[section].(map[string]any)[entry.Key.Value] = maps.Clone(stub)
				}
			}
			if slices.Contains([]string{"depends_on", "links", "volumes_from", "network_mode", "ipc", "pid", "build"}, key) {
				for _, entry := range Pairs(Find(document, "services").Value) {
					if !validName.MatchString(entry.Key.Value) {
						continue
					}
					config["services"].(map[string]any)[entry.Key.Value] = map[string]any{"image": "x", "build": "."}
				}
			}
		}
	}
	return config
}

func (l *load) config(ctx context.Context, source *Source, config map[string]any) error {
	_, err := l.configs(ctx, []types.ConfigFile{{Filename: source.File, Config: config}})
	if err != nil && strings.Contains(err.Error(), "undefined") && IsUnset(err.Error()) {
		return nil
	}
	return err
}

// last returns the last line of a value.
func last(node *yaml.Node) int {
	line := node.Line
	for _, scalar := range Scalars(node) {
		line = max(line, scalar.Line+strings.Count(scalar.Value, "\n"))
	}
	return line
}
