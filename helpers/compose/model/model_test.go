package model

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestErrorsNameFileAndLine(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		line int
		says string
	}{
		"undefined volume":    {"services:\n  app:\n    image: x\n    volumes:\n      - ./src:/app\n      - dev-data:/data\n", 6, `service "app" refers to undefined volume dev-data`},
		"undefined long":      {"services:\n  app:\n    image: x\n    volumes:\n      - type: volume\n        source: gone\n        target: /x\n", 6, "undefined volume gone"},
		"undefined network":   {"services:\n  app:\n    image: x\n    networks:\n      zz: {}\n", 5, "undefined network zz"},
		"undefined service":   {"services:\n  app:\n    image: x\n    depends_on:\n      - nope\n", 5, "undefined service"},
		"unknown key":         {"services:\n  app:\n    image: x\n    volumez: []\n", 4, "services.app.volumez"},
		"unknown top key":     {"services:\n  app:\n    image: x\nfoo: 1\n", 4, "'foo' not allowed"},
		"wrong type":          {"services:\n  app:\n    image: x\n    ports: 5\n", 4, "services.app.ports must be a array"},
		"wrong mount type":    {"services:\n  app:\n    image: x\n    volumes:\n      - type: bogus\n        target: /x\n", 5, "'bind', 'volume', 'tmpfs'"},
		"tab":                 {"services:\n  app:\n    image: x\n    volumes:\n\t- a\n", 5, "cannot start any token"},
		"twice":               {"services:\n  app:\n    image: x\n    image: y\n", 4, "already defined"},
		"required variable":   {"services:\n  app:\n    image: x\n    command: ${HOLDFAST_NEVER_SET?say which}\n", 4, "say which"},
		"no image":            {"services:\n  first:\n    image: x\n  app:\n    volumes: []\n", 4, "neither an image nor a build context"},
		"port":                {"services:\n  app:\n    image: x\n    ports:\n      - \"99999999:80\"\n", 5, "invalid hostPort"},
		"size":                {"services:\n  app:\n    image: x\n    mem_limit: abc\n", 4, "invalid size"},
		"env file":            {"services:\n  app:\n    image: x\n    env_file: nope.env\n", 4, "nope.env not found"},
		"service with a dot":  {"services:\n  a.b:\n    image: x\n    ports: 5\n", 4, "must be a array"},
		"behind a merge key":  {"x-c: &c\n  volumes:\n    - gone:/x\nservices:\n  app:\n    <<: *c\n    image: x\n", 3, "undefined volume gone"},
		"no mapping at all":   {"services: [\n", 2, "did not find expected"},
		"empty file, no line": {"", 0, "empty compose file"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "compose.yaml")
			write(t, file, c.text)
			_, err := Load(t.Context(), Options{}, file)
			var located *LoadError
			if !errors.As(err, &located) {
				t.Fatalf("want a LoadError, got %v", err)
			}
			if located.File != file || located.Line != c.line || !strings.Contains(err.Error(), c.says) {
				t.Errorf("want line %d and %q, got %v", c.line, c.says, err)
			}
			if c.line > 0 && !strings.HasPrefix(err.Error(), fmt.Sprintf("%s:%d: ", file, c.line)) {
				t.Errorf("the error does not begin with file and line: %v", err)
			}
		})
	}
}

func TestErrorOfTheSecondFile(t *testing.T) {
	dir := t.TempDir()
	base, over := filepath.Join(dir, "compose.yaml"), filepath.Join(dir, "over.yaml")
	write(t, base, "services:\n  app:\n    image: x\n")
	write(t, over, "services:\n  app:\n    volumes:\n      - gone:/x\n")
	_, err := Load(t.Context(), Options{}, base, over)
	if err == nil || !strings.HasPrefix(err.Error(), over+":4: ") {
		t.Errorf("want %s:4, got %v", over, err)
	}
}

func TestUnresolvedProjectsLoad(t *testing.T) {
	file := filepath.Join(t.TempDir(), "compose.yaml")
	write(t, file, "services:\n  app:\n    image: x:${HOLDFAST_NEVER_SET:-1.0}\n    env_file: nope.env\n    environment:\n      A: ${HOLDFAST_NOR_THIS:?no}\n      B: ${HOLDFAST_NOR_THAT:?no}\n")
	project, err := Load(t.Context(), Options{Unresolved: true}, file)
	if err != nil {
		t.Fatal(err)
	}
	if got := project.Services["app"].Image; got != "x:1.0" {
		t.Errorf("image is %q", got)
	}
	if _, err := Load(t.Context(), Options{}, file); err == nil {
		t.Error("it loads resolved, too")
	}
}

func TestDotEnvIsReadAfterTheEnvironment(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "compose.yaml")
	write(t, file, "services:\n  app:\n    image: ${A:?}:${B:?}\n")
	write(t, filepath.Join(dir, ".env"), "A=dotenv\nB=dotenv\n")
	project, err := Load(t.Context(), Options{Env: []string{"A=environment"}}, file)
	if err != nil {
		t.Fatal(err)
	}
	if got := project.Services["app"].Image; got != "environment:dotenv" {
		t.Errorf("image is %q", got)
	}
}

func TestMissingFile(t *testing.T) {
	if _, err := Load(t.Context(), Options{}, filepath.Join(t.TempDir(), "none.yaml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
