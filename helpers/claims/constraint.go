package claims

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/Masterminds/semver/v3"
	"github.com/holdfast/holdfast/helpers/engine"
)

// Constraint says which engines something holds on:
//
//	docker >= 23.0
//	podman or (docker < 23 and rootless)
//	api >= 1.42 and not desktop
//
// docker and podman may stand alone; api, compose and kernel are compared;
// rootless, userns, remote, desktop and lab are true or false. remote is an
// engine that does not share this host's files. The zero Constraint holds
// on every engine.
type Constraint struct {
	holds func(engine.Facts) bool
}

// On tells whether the constraint holds on an engine.
func (c Constraint) On(facts engine.Facts) bool { return c.holds == nil || c.holds(facts) }

var traits = map[string]func(engine.Facts) bool{
	"docker":   func(f engine.Facts) bool { return f.Name == "docker" },
	"podman":   func(f engine.Facts) bool { return f.Name == "podman" },
	"rootless": func(f engine.Facts) bool { return f.Rootless },
	"userns":   func(f engine.Facts) bool { return f.UsernsRemap },
	"remote":   func(f engine.Facts) bool { return !f.SharesFiles },
	"desktop":  func(f engine.Facts) bool { return f.Desktop },
	"lab":      func(f engine.Facts) bool { return f.Provider == "lab" },
}

var versions = map[string]func(engine.Facts) string{
	"docker":  func(f engine.Facts) string { return f.Version },
	"podman":  func(f engine.Facts) string { return f.Version },
	"api":     func(f engine.Facts) string { return f.API },
	"compose": func(f engine.Facts) string { return f.Compose },
	"kernel":  func(f engine.Facts) string { return f.Kernel },
}

var lexeme = regexp.MustCompile(`\s*(\(|\)|>=|<=|!=|=|>|<|[a-zA-Z]+|[0-9][0-9A-Za-z.+~-]*)`)

// ParseConstraint reads a constraint; the empty text holds on every engine.
func ParseConstraint(text string) (Constraint, error) {
	if strings.TrimSpace(text) == "" {
		return Constraint{}, nil
	}
	p := &grammar{text: text}
	for rest := text; strings.TrimSpace(rest) != ""; {
		at := lexeme.FindStringSubmatchIndex(rest)
		if at == nil || at[0] != 0 {
			return Constraint{}, p.wrong("cannot read %q", strings.TrimSpace(rest))
		}
		p.tokens = append(p.tokens, rest[at[2]:at[3]])
		rest = rest[at[1]:]
	}
	holds, err := p.either()
	if err == nil && len(p.tokens) > 0 {
		err = p.wrong("unexpected %q", p.tokens[0])
	}
	return Constraint{holds}, err
}

type grammar struct {
	text   string
	tokens []string
	depth  int
}

func (p *grammar) wrong(format string, args ...any) error {
	return fmt.Errorf("bad engine constraint %q: %s; it looks like `docker >= 23.0 and not rootless`", p.text, fmt.Sprintf(format, args...))
}

func (p *grammar) next() string {
	if len(p.tokens) == 0 {
		return ""
	}
	return p.tokens[0]
}

func (p *grammar) take() string {
	taken := p.next()
	if len(p.tokens) > 0 {
		p.tokens = p.tokens[1:]
	}
	return taken
}

func (p *grammar) either() (func(engine.Facts) bool, error) {
	left, err := p.both()
	for err == nil && p.next() == "or" {
		p.take()
		var right func(engine.Facts) bool
		first := left
		if right, err = p.both(); err == nil {
			left = func(f engine.Facts) bool { return first(f) || right(f) }
		}
	}
	return left, err
}

func (p *grammar) both() (func(engine.Facts) bool, error) {
	left, err := p.term()
	for err == nil && p.next() == "and" {
		p.take()
		var right func(engine.Facts) bool
		first := left
		if right, err = p.term(); err == nil {
			left = func(f engine.Facts) bool { return first(f) && right(f) }
		}
	}
	return left, err
}

func (p *grammar) term() (func(engine.Facts) bool, error) {
	if p.depth++; p.depth > 100 {
		return nil, p.wrong("too deeply nested")
	}
	defer func() { p.depth-- }()
	switch word := p.take(); {
	case word == "":
		return nil, p.wrong("it ends too early")
	case word == "not":
		inner, err := p.term()
		return func(f engine.Facts) bool { return !inner(f) }, err
	case word == "(":
		inner, err := p.either()
		if err == nil && p.take() != ")" {
			err = p.wrong("a parenthesis is not closed")
		}
		return inner, err
	case versions[word] != nil && strings.ContainsAny(p.next(), "<>=!"):
		return p.comparison(word)
	case traits[word] != nil:
		return traits[word], nil
	case versions[word] != nil:
		return nil, p.wrong("%s needs a version: `%s >= 1.0`", word, word)
	default:
		return nil, p.wrong("unknown word %q", word)
	}
}

func (p *grammar) comparison(word string) (func(engine.Facts) bool, error) {
	operator := p.take()
	wanted, err := semver.NewVersion(p.next())
	if err != nil {
		return nil, p.wrong("%q is no version", p.next())
	}
	p.take()
	return func(f engine.Facts) bool {
		if named := traits[word]; named != nil && !named(f) {
			return false
		}
		order, known := compare(versions[word](f), wanted)
		if !known {
			return false
		}
		switch operator {
		case ">=":
			return order >= 0
		case "<=":
			return order <= 0
		case ">":
			return order > 0
		case "<":
			return order < 0
		case "!=":
			return order != 0
		}
		return order == 0
	}, nil
}

// numbers is the part of a version that is compared.
var numbers = regexp.MustCompile(`^v?[0-9]+(\.[0-9]+){0,2}`)

// compare orders an engine's version by its numbers alone: what distributions
// and kernels append ("+dfsg1", "-fc-v669") is not a pre-release. A version
// that has no numbers is a development build, newer than all; none is unknown.
func compare(version string, wanted *semver.Version) (order int, known bool) {
	if version == "" {
		return 0, false
	}
	have, err := semver.NewVersion(numbers.FindString(version))
	if err != nil {
		return 1, true
	}
	return have.Compare(wanted), true
}
