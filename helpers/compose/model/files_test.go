package model

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// files writes a project and returns its directory.
func files(t *testing.T, texts map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range texts {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), text)
	}
	return dir
}

func TestLayersFollowFilesIncludesAndExtends(t *testing.T) {
	dir := files(t, map[string]string{
		"compose.yaml":   "include: [parts/db.yaml]\nservices:\n  app:\n    extends: {file: base/base.yaml, service: base}\n",
		"over.yaml":      "services:\n  app:\n    command: run\n  db:\n    command: run\n",
		"parts/db.yaml":  "services:\n  db:\n    image: db\n",
		"base/base.yaml": "services:\n  base:\n    extends: deep\n  deep:\n    image: app\n",
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	project, err := Load(t.Context(), Options{Env: []string{}, Unresolved: true}, at("compose.yaml"), at("over.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for service, want := range map[string][]string{"app": {"over.yaml", "compose.yaml", "base/base.yaml", "base/base.yaml"}, "db": {"over.yaml", "parts/db.yaml"}} {
		var got []string
		for _, layer := range project.Layers("services", service) {
			name, err := filepath.Rel(dir, layer.File)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, filepath.ToSlash(name))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", service, got, want)
		}
	}
	if len(project.Sources) != 4 {
		t.Errorf("got %d sources", len(project.Sources))
	}
}

func TestFilesThatCannotBeReadAreNamedWhereTheyAreReferredTo(t *testing.T) {
	for name, c := range map[string]struct {
		text, says string
		line       int
	}{
		"a remote include":  {"include:\n  - oci://registry.example.com/app:v1\n", "oci://registry.example.com/app:v1 is remote and is not read here", 2},
		"a remote base":     {"services:\n  app:\n    extends:\n      file: https://example.com/base.yaml\n      service: app\n", "https://example.com/base.yaml is remote", 4},
		"a missing include": {"include:\n  - nowhere.yaml\n", "nowhere.yaml: no such file", 2},
		"a missing base":    {"services:\n  app:\n    extends: {file: nowhere.yaml, service: app}\n", "nowhere.yaml: no such file", 3},
		"an unset include":  {"include:\n  - ${PART}/compose.yaml\n", "${PART}/compose.yaml", 2},
		"a circle":          {"services:\n  a:\n    extends: b\n  b:\n    extends: a\n", "circular reference: service a extends b extends a", 3},
		"no such service":   {"services:\n  a:\n    image: x\n    extends: b\n  c:\n    extends: {file: other.yaml, service: d}\n", `cannot extend service "a": service "b" not found`, 4},
		"a loader's panic":  {"include: [other.yaml]\nservices:\n", "compose-go cannot load the project", 0},
		"its own file":      {"services:\n  a:\n    extends: {file: compose.yaml, service: a}\n", "circular reference: service a extends a", 3},
		"itself":            {"include:\n  - path: [other.yaml, compose.yaml]\n", "include cycle detected", 2},
	} {
		t.Run(name, func(t *testing.T) {
			dir := files(t, map[string]string{"compose.yaml": c.text, "other.yaml": "services: {other: {image: x}}\n"})
			_, err := Load(t.Context(), Options{Env: []string{}, Unresolved: true}, filepath.Join(dir, "compose.yaml"))
			var refused *LoadError
			if !errors.As(err, &refused) || refused.Line != c.line || !strings.Contains(filepath.ToSlash(err.Error()), c.says) || strings.Contains(err.Error(), unsetStart) {
				t.Errorf("want line %d and %q, got %v", c.line, c.says, err)
			}
		})
	}
}

func TestTheFirstFaultIsReportedEachTime(t *testing.T) {
	var text strings.Builder
	text.WriteString("services:\n")
	for _, name := range []string{"e", "d", "c", "b", "a"} {
		text.WriteString("  " + name + ":\n    image: x\n    volumes:\n      - gone-" + name + ":/x\n    ports: [\"99999999:1\"]\n")
	}
	dir := files(t, map[string]string{"compose.yaml": text.String()})
	for range 20 {
		_, err := Load(t.Context(), Options{Env: []string{}, Unresolved: true}, filepath.Join(dir, "compose.yaml"))
		var refused *LoadError
		if !errors.As(err, &refused) || refused.Line != 5 || !strings.Contains(err.Error(), "gone-e") {
			t.Fatalf("got %v", err)
		}
	}
}

func TestTheFirstFaultOfAListIsReportedEachTime(t *testing.T) {
	dir := files(t, map[string]string{"compose.yaml": "services:\n  app:\n    image: x\n    networks:\n      - front\n      - back\n      - side\n"})
	for range 20 {
		_, err := Load(t.Context(), Options{Env: []string{}}, filepath.Join(dir, "compose.yaml"))
		if err == nil || !strings.Contains(err.Error(), "compose.yaml:5: ") || !strings.Contains(err.Error(), "undefined network front") {
			t.Fatalf("got %v", err)
		}
	}
}

func TestAnErrorNamesTheVariablesThatItDependsOn(t *testing.T) {
	dir := files(t, map[string]string{"compose.yaml": "services:\n  app:\n    image: x\n    ports: [{target: 80, mode: \"${MODE}\"}]\n    depends_on: [\"${OTHER}\"]\n"})
	_, err := Load(t.Context(), Options{Env: []string{}, Unresolved: true}, filepath.Join(dir, "compose.yaml"))
	var refused *LoadError
	if !errors.As(err, &refused) || !slices.Equal(refused.Unset, []string{"OTHER"}) || !strings.Contains(err.Error(), "${OTHER}") {
		t.Errorf("got %v", err)
	}
}

func TestDiscover(t *testing.T) {
	dir := files(t, map[string]string{
		"both/compose.yaml": "", "both/docker-compose.yml": "", "both/compose.override.yaml": "",
		"listed/.env": "COMPOSE_FILE=a.yaml:b.yaml\nCOMPOSE_PATH_SEPARATOR=:\nCOMPOSE_PROFILES=x, y\n", "listed/compose.yaml": "",
		"none/other.yaml": "", "given/production.yaml": "",
	})
	for name, want := range map[string][]string{"both": {"both/compose.yaml", "both/compose.override.yaml"}, "listed": {"listed/a.yaml", "listed/b.yaml"}} {
		found, err := Discover(Options{Dir: filepath.Join(dir, name), Env: []string{}})
		for i := range want {
			want[i] = filepath.Join(dir, want[i])
		}
		if err != nil || !slices.Equal(found, want) {
			t.Errorf("%s: got %v, %v", name, found, err)
		}
	}
	if _, err := Discover(Options{Dir: filepath.Join(dir, "none"), Env: []string{}}); !errors.Is(err, ErrNoComposeFile) {
		t.Errorf("got %v", err)
	}
	if active, err := Profiles(Options{Dir: filepath.Join(dir, "listed"), Env: []string{}}); err != nil || !slices.Equal(active, []string{"x", "y"}) {
		t.Errorf("got %v, %v", active, err)
	}
	if got := WithOverride(filepath.Join(dir, "both", "docker-compose.yml")); len(got) != 1 {
		t.Errorf("Compose reads compose.yaml there, and not %v", got)
	}
	if got := WithOverride(filepath.Join(dir, "given", "production.yaml")); len(got) != 1 {
		t.Errorf("got %v", got)
	}
}

func TestProfilesChooseServices(t *testing.T) {
	dir := files(t, map[string]string{"compose.yaml": "services:\n  app: {image: x}\n  tool: {image: x, profiles: [tools]}\n"})
	for want, active := range map[int][]string{1: {}, 2: {"tools"}} {
		project, err := Load(t.Context(), Options{Env: []string{}, Profiles: active}, filepath.Join(dir, "compose.yaml"))
		if err != nil || len(project.Services) != want {
			t.Errorf("%v: got %v, %v", active, project, err)
		}
	}
}
