package settings

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// The README's table of settings is generated from this package.
// UPDATE_README=1 writes it.
func TestReadmeListsEverySetting(t *testing.T) {
	const path = "../../README.md"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(data), "<!-- settings -->\n")
	have, tail, found := strings.Cut(rest, "<!-- /settings -->")
	if !found {
		t.Fatal("README.md has no marks around its table of settings")
	}
	if want := table(); have != want {
		if os.Getenv("UPDATE_README") != "1" {
			t.Fatalf("README.md lists\n%s\nthe code has\n%s\nUPDATE_README=1 go test ./helpers/settings updates it", have, want)
		}
		if err := os.WriteFile(path, []byte(head+"<!-- settings -->\n"+want+"<!-- /settings -->"+tail), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func table() string {
	var out strings.Builder
	out.WriteString("| variable | default | use |\n|---|---|---|\n")
	for _, s := range All {
		use := s.Use
		if s.Internal {
			use += " (set by the lab)"
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s |\n", s.Name, s.Default, use)
	}
	return out.String()
}

func TestOn(t *testing.T) {
	for value, want := range map[string]bool{"": false, "0": false, "false": false, "1": true, "true": true, "yes please": false} {
		t.Setenv(Keep.Name, value)
		if Keep.On() != want {
			t.Errorf("%q: %t", value, !want)
		}
	}
}

func TestCacheDirIsNeverEmpty(t *testing.T) {
	t.Setenv(Cache.Name, "")
	t.Setenv("HOME", "")
	t.Setenv("XDG_CACHE_HOME", "")
	if CacheDir() == "" {
		t.Error("no cache directory without a home")
	}
	t.Setenv(Cache.Name, "elsewhere")
	if CacheDir() != "elsewhere" {
		t.Error("the setting is ignored")
	}
}
