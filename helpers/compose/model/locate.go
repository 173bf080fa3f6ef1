package model

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Patterns for compose-go's messages: most give a path or a name, only those of
// the YAML parser give a line.
var (
	yamlLine   = regexp.MustCompile(`\bline (\d+):`)
	inFile     = regexp.MustCompile(`(?:validating|failed to parse) (.+?\.ya?ml)\b`)
	keyPath    = regexp.MustCompile(`\b((?:services|jobs|volumes|networks|configs|secrets)(?:[.\[][^\s'":]+)+)`)
	serviceOf  = regexp.MustCompile(`services?[ .]["']?([\w.-]+)["']?`)
	undefined  = regexp.MustCompile(`undefined (?:volume|network|service|config|secret) ["']?([^\s"':]+)`)
	unknownKey = regexp.MustCompile(`additional propert\w+ '([^']+)'`)
)

// locate finds the file and the line of a load error.
func locate(sources []*Source, err error) *LoadError {
	message := err.Error()
	located := &LoadError{File: sources[0].File, Err: err}
	if named := inFile.FindStringSubmatch(message); named != nil {
		for _, source := range sources {
			if sameFile(source.File, named[1]) {
				located.File = source.File
				sources = []*Source{source}
			}
		}
	}
	if lines := yamlLine.FindAllStringSubmatch(message, -1); lines != nil {
		// "line 1: line 4: ...": the outer one is where the document begins.
		located.Line, _ = strconv.Atoi(lines[len(lines)-1][1])
		return located
	}
	// The last file wins, in Compose as here.
	for i := len(sources) - 1; i >= 0; i-- {
		for _, document := range sources[i].Documents {
			if line := lineOf(document, message); line > 0 {
				located.File, located.Line = sources[i].File, line
				return located
			}
		}
	}
	return located
}

// lineOf finds the line of a document that a message is about; 0 where there is none.
func lineOf(root *yaml.Node, message string) int {
	if path := keyPath.FindStringSubmatch(message); path != nil {
		if line := along(root, strings.NewReplacer("[", ".", "]", "").Replace(path[1])); line > 0 {
			return line
		}
	}
	if key := unknownKey.FindStringSubmatch(message); key != nil {
		if at := Find(root, key[1]); at.Key != nil {
			return at.Key.Line
		}
	}
	within := root
	service := 0
	if name := serviceOf.FindStringSubmatch(message); name != nil {
		if at := Find(root, "services", name[1]); at.Key != nil {
			within, service = at.Value, at.Key.Line
		}
	}
	if name := undefined.FindStringSubmatch(message); name != nil {
		for _, scalar := range Scalars(within) {
			if mentions(scalar.Value, name[1]) {
				return scalar.Line
			}
		}
		for _, list := range []string{"networks", "depends_on", "volumes_from"} {
			if at := Find(within, list, name[1]); at.Key != nil {
				return at.Key.Line
			}
		}
	}
	if service > 0 {
		return service
	}
	return quoted(root, message)
}

// along follows a dotted path as far as the document goes. Keys may hold dots
// themselves: the longest key that fits is taken.
func along(root *yaml.Node, dotted string) int {
	steps := strings.Split(dotted, ".")
	at, line := Pair{root, root}, 0
	for len(steps) > 0 {
		next, used := Pair{}, 0
		for n := len(steps); n > 0 && used == 0; n-- {
			if next = Find(at.Value, strings.Join(steps[:n], ".")); next.Key != nil {
				used = n
			}
		}
		if used == 0 {
			break
		}
		at, steps, line = next, steps[used:], next.Key.Line
	}
	if at.Key == root || len(steps) > 0 && strings.Count(dotted, ".") == len(steps) {
		return 0
	}
	return line
}

// quoted finds the first value of a document that the message repeats.
func quoted(root *yaml.Node, message string) int {
	words := strings.FieldsFunc(message, func(r rune) bool { return strings.ContainsRune(" \t\n\"'", r) })
	scalars := Scalars(root)
	for i := len(words) - 1; i >= 0; i-- {
		word := strings.Trim(words[i], ":,.")
		if len(word) < 3 {
			continue
		}
		for _, scalar := range scalars {
			if mentions(scalar.Value, word) || filepath.IsAbs(word) && filepath.Base(word) == filepath.Base(scalar.Value) {
				return scalar.Line
			}
		}
	}
	return 0
}

func sameFile(a, b string) bool {
	left, errLeft := filepath.Abs(a)
	right, errRight := filepath.Abs(b)
	return errLeft == nil && errRight == nil && left == right
}
