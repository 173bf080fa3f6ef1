package model

import (
	"errors"
	"testing"

	"github.com/compose-spec/compose-go/v2/template"
)

func TestVariablesExpandAsComposeExpandsThem(t *testing.T) {
	values := map[string]string{"SET": "value", "EMPTY": "", "OTHER": "x"}
	lookup := func(name string) (string, bool) { value, set := values[name]; return value, set }
	for _, text := range []string{
		"", "plain", "$SET", "${SET}", "a${SET}b$OTHER", "$$SET", "$${SET}", "${EMPTY:-d}", "${EMPTY-d}", "${NONE:-d}", "${NONE-d}",
		"${NONE:-${SET}}", "${NONE:-${ALSO_NONE:-d}}", "${SET:+w}", "${NONE:+w}", "${EMPTY:+w}", "${EMPTY+w}", "${SET:?no}", "${NONE-}", "cost: $5", "$", "a$", "${NONE:-a}b${SET}", "{$SET}", `{"a": "${SET}"}`,
	} {
		want, err := template.Substitute(text, lookup)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if got, err := substitute(text, lookup); err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"${", "${}", "${SET", "${1}", "${A B}"} {
		var invalid *template.InvalidTemplateError
		if _, err := substitute(text, lookup); !errors.As(err, &invalid) {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func TestUnsetVariablesBecomePlaceholders(t *testing.T) {
	none := func(string) (string, bool) { return "", false }
	for text, want := range map[string]string{"$A": "${A}", "x${A}y": "x${A}y", "${A:?why}": "${A}", "${A:-${B}}": "${B}", "${A:-d}": "d", "d": "d"} {
		got, err := substitute(text, none)
		if err != nil || Printable(got) != want || IsUnset(got) != (want != "d") {
			t.Errorf("%q: got %q, %v", text, got, err)
		}
	}
}
