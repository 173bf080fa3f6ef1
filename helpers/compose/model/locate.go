package model

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// How compose-go says where something is wrong: most of its messages give a
// path or a name, only the YAML parser's give a line.
var (
	yamlLine   = regexp.MustCompile(`\bline (\d+):`)
	inFile     = regexp.MustCompile(`(?:validating|failed to parse) (.+?\.ya?ml)\b`)
	keyPath    = regexp.MustCompile(`\b((?:services|volumes|networks|configs|secrets)(?:[.\[][^\s'":]+)+)`)
	serviceOf  = regexp.MustCompile(`services?[ .]["']?([\w.-]+)["']?`)
	undefined  = regexp.MustCompile(`undefined (?:volume|network|service|config|secret) ["']?([^\s"':]+)`)
	unknownKey = regexp.MustCompile(`additional propert\w+ '([^']+)'`)
)

// locate says where the cause of the loader's error stands.
func locate(sources []*Source, err error) error {
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
		if line := sources[i].lineOf(message); line > 0 {
			located.File, located.Line = sources[i].File, line
			break
		}
	}
	return located
}

func (s *Source) lineOf(message string) int {
	if s.Root == nil {
		return 0
	}
	if path := keyPath.FindStringSubmatch(message); path != nil {
		if line := s.deepest(strings.NewReplacer("[", ".", "]", "").Replace(path[1])); line > 0 {
			return line
		}
	}
	if key := unknownKey.FindStringSubmatch(message); key != nil {
		if at := Find(s.Root, key[1]); at.Key != nil {
			return at.Key.Line
		}
	}
	within := s.Root
	service := 0
	if name := serviceOf.FindStringSubmatch(message); name != nil {
		if at := Find(s.Root, "services", name[1]); at.Key != nil {
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
	return s.quoted(message)
}

// deepest follows a dotted path as far as the file goes. Keys may hold dots
// themselves: the longest key that fits is taken.
func (s *Source) deepest(dotted string) int {
	steps := strings.Split(dotted, ".")
	at, line := Pair{s.Root, s.Root}, 0
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
	if at.Key == s.Root || len(steps) > 0 && strings.Count(dotted, ".") == len(steps) {
		return 0
	}
	return line
}

// quoted finds the first value of the file that the message repeats.
func (s *Source) quoted(message string) int {
	words := strings.FieldsFunc(message, func(r rune) bool { return strings.ContainsRune(" \t\n\"'", r) })
	for i := len(words) - 1; i >= 0; i-- {
		word := strings.Trim(words[i], ":,.")
		if len(word) < 3 {
			continue
		}
		for _, scalar := range Scalars(s.Root) {
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
