package model

import (
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/template"
)

// Variable is a reference to a variable, such as ${NAME:-word}.
type Variable struct {
	Name     string
	Operator string // empty, or one of :- - :? ? :+ +
	Word     string // what follows the operator
}

var variable = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+?])((?s:.*)))?$`)

// Expand replaces each variable of a text by its value, and `$$` by `$`. It
// follows the grammar of compose-go's template package, nested words included.
func Expand(text string, value func(Variable) (string, error)) (string, error) {
	var out strings.Builder
	for i := 0; i < len(text); {
		if text[i] != '$' || i+1 == len(text) {
			out.WriteByte(text[i])
			i++
			continue
		}
		var found []string
		end := i + 2
		switch next := text[i+1]; {
		case next == '$':
			out.WriteByte('$')
			i = end
			continue
		case next == '{':
			end = closing(text, i+1) + 1
			if end == 0 {
				return "", &template.InvalidTemplateError{Template: text}
			}
			found = variable.FindStringSubmatch(text[i+2 : end-1])
			if found == nil {
				return "", &template.InvalidTemplateError{Template: text}
			}
		default:
			for end = i + 1; end < len(text) && isNamePart(text[end], end == i+1); end++ {
			}
			if end == i+1 {
				out.WriteByte('$')
				i++
				continue
			}
			found = []string{"", text[i+1 : end], "", ""}
		}
		expanded, err := value(Variable{found[1], found[2], found[3]})
		if err != nil {
			return "", err
		}
		out.WriteString(expanded)
		i = end
	}
	return out.String(), nil
}

// closing returns the position of the closing brace for an opening one, or -1.
func closing(text string, open int) int {
	depth := 0
	for i := open; i < len(text); i++ {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

func isNamePart(c byte, first bool) bool {
	return c == '_' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || !first && c >= '0' && c <= '9'
}

// An unset variable becomes a placeholder with its name, which is valid as a name,
// a path or an image. It is never printed: see Printable.
const (
	unsetStart = "UNSETHF_"
	unsetEnd   = "_FHTESNU"
)

var unset = regexp.MustCompile(unsetStart + `(\w+?)` + unsetEnd)

// rooted makes a path that begins with a placeholder absolute.
const rooted = "/" + unsetStart + "ROOT" + unsetEnd + "/"

// IsUnset reports whether a value of a loaded project depends on a variable
// that is not set.
func IsUnset(value string) bool { return unset.MatchString(value) }

// Printable returns a value of a loaded project with placeholders written as ${NAME}.
func Printable(value string) string {
	return unset.ReplaceAllString(strings.ReplaceAll(value, rooted, ""), "$${$1}")
}

// UnsetIn lists the unset variables that a value depends on.
func UnsetIn(value string) (names []string) {
	for _, found := range unset.FindAllStringSubmatch(strings.ReplaceAll(value, rooted, ""), -1) {
		if !slices.Contains(names, found[1]) {
			names = append(names, found[1])
		}
	}
	return names
}

// substitute substitutes variables as Compose does, except that those without a
// value and a default become placeholders.
func substitute(text string, lookup template.Mapping) (string, error) {
	return Expand(text, func(v Variable) (string, error) {
		value, set := lookup(v.Name)
		filled := set && value != ""
		switch {
		case v.Operator == ":-" && !filled, v.Operator == "-" && !set, v.Operator == ":+" && filled, v.Operator == "+" && set:
			return substitute(v.Word, lookup)
		case v.Operator == ":?" && !filled, v.Operator == "?" && !set, v.Operator == "" && !set:
			return unsetStart + v.Name + unsetEnd, nil
		case v.Operator == ":+", v.Operator == "+":
			return "", nil
		}
		return value, nil
	})
}
