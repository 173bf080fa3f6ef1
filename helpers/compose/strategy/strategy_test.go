package strategy

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/compose/model"
)

const fixtures = "../../../fixtures/projects"

func TestFixtures(t *testing.T) {
	for _, kind := range []Kind{Development, Production} {
		covered := map[string]bool{}
		for _, file := range glob(t, string(kind), "bad") {
			folder := filepath.Base(filepath.Dir(file))
			rule, _, _ := strings.Cut(folder, "--")
			covered[rule] = true
			t.Run(string(kind)+"/bad/"+folder, func(t *testing.T) {
				found, err := checked(t, kind, file)
				if err != nil || len(found) != 1 {
					t.Fatalf("want one finding, got %d, %v:\n%v", len(found), err, found)
				}
				f := found[0]
				if f.Rule != rule || f.File != file || f.Line < 2 || f.What == "" || f.Remedy == "" {
					t.Errorf("got %+v", f)
				}
				t.Log(f)
			})
		}
		for _, file := range glob(t, string(kind), "good") {
			t.Run(string(kind)+"/good/"+filepath.Base(filepath.Dir(file)), func(t *testing.T) {
				if found, err := checked(t, kind, file); err != nil || len(found) > 0 {
					t.Errorf("got %v, %v", found, err)
				}
			})
		}
		for _, rule := range Rules(kind) {
			if !covered[rule.ID] {
				t.Errorf("no project breaks the %s rule %s", kind, rule.ID)
			}
		}
	}
}

func glob(t *testing.T, parts ...string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(append(append([]string{fixtures, "strategy"}, parts...), "*", "compose.yaml")...))
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures in %v: %v", parts, err)
	}
	return files
}

// lesson are the lesson's own projects: what they break of its own rules.
func TestTheLessonsProjects(t *testing.T) {
	for project, want := range map[string][]string{
		"binds-compose":        {DataOnNamedVolumes},
		"pattern-1-models":     {SourceByBindMount},
		"pattern-2-qdrant":     {NoSecretValues},
		"pattern-3-hot-reload": nil,
		"pattern-4-logs":       {SourceByBindMount},
	} {
		file := filepath.Join(fixtures, project, "docker-compose.yaml")
		found, err := checked(t, Development, file)
		var broken []string
		for _, f := range found {
			broken = append(broken, f.Rule)
		}
		if err != nil || !slices.Equal(broken, want) {
			t.Errorf("%s: got %v, %v, want %v", project, found, err, want)
		}
	}
}

func TestThePracticeProject(t *testing.T) {
	for file, kind := range map[string]Kind{"compose.yaml": Development, "compose.production.yaml": Production} {
		if found, err := checked(t, kind, filepath.Join(fixtures, "practice", file)); err != nil || len(found) > 0 {
			t.Errorf("%s: got %v, %v", file, found, err)
		}
	}
}

func TestAsPrintedTheLessonsExamplesDoNotLoad(t *testing.T) {
	for kind, text := range map[Kind]string{
		Development: "services:\n  app:\n    build: .\n    volumes:\n      - ./src:/app           # Bind: hot reload\n      - ./logs:/app/logs     # Bind: inspect logs locally\n      - dev-data:/data       # Named: persist data\n",
		Production:  "services:\n  app:\n    image: myregistry.azurecr.io/app:v1.2.3  # Immutable image\n    volumes:\n      - prod-data:/data      # Named: managed by infrastructure\n      # No bind mounts!\n      # No local logging!\n",
	} {
		file := filepath.Join(t.TempDir(), "docker-compose.yaml")
		write(t, file, text)
		_, err := checked(t, kind, file)
		var refused *model.LoadError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), "undefined volume") || refused.Line < 5 {
			t.Errorf("%s: got %v", kind, err)
		}
		name := map[Kind]string{Development: "dev-data", Production: "prod-data"}[kind]
		write(t, file, text+"\nvolumes:\n  "+name+":\n")
		if found, err := checked(t, kind, file); err != nil || len(found) > 0 {
			t.Errorf("%s, with its volume declared: got %v, %v", kind, found, err)
		}
	}
}

func TestSecondFile(t *testing.T) {
	dir := t.TempDir()
	base, over := filepath.Join(dir, "compose.yaml"), filepath.Join(dir, "compose.production.yaml")
	write(t, base, "services:\n  app:\n    image: app:v1.0.0\n    environment: {API_KEY: hunter22}\n")
	write(t, over, "services:\n  app:\n    image: app:v2.0.0\n    volumes:\n      - ./src:/app\n    environment: {API_KEY: \"${API_KEY}\"}\n")
	found, err := checked(t, Production, base, over)
	if err != nil || len(found) != 2 {
		t.Fatalf("got %v, %v", found, err)
	}
	if found[0].File != base || found[0].Line != 4 || found[0].Rule != NoSecretValues {
		t.Errorf("an overridden secret is in the repository all the same: got %+v", found[0])
	}
	if found[1].File != over || found[1].Line != 5 || found[1].Rule != NoBindMounts || !slices.Equal(found[1].Services, []string{"app"}) {
		t.Errorf("got %+v", found[1])
	}
}

func TestSecretValues(t *testing.T) {
	for _, c := range []struct {
		name, value string
		secret      bool
	}{
		{"API_KEY", "abc", true}, {"api-key", "abc", true}, {"OPENAI_APIKEY", "abc", true}, {"DB_PASS", "abc", true},
		{"AWS_ACCESS_KEY_ID", "abc", true}, {"QDRANT__SERVICE__API_KEY", "abc", true}, {"TOKEN", "abc", true},
		{"ANYTHING", "ghp_0123456789abcdefghijABCDEFGHIJ012345", true}, {"U", "redis://:abc@cache", true}, {"PASSWORD", "a$$b", true},
		{"API_KEY", "${API_KEY}", false}, {"API_KEY", "$API_KEY", false}, {"API_KEY", "${API_KEY:?missing}", false},
		{"API_KEY", "${A}-${B}", false}, {"AUTH_TOKEN", "Bearer ${T}", false}, {"API_KEY", "${A:-abc}", true}, {"API_KEY", "", false}, {"API_KEY_FILE", "/x", false},
		{"MONKEY", "banana", false}, {"KEYBOARD", "us", false}, {"BYPASS", "x", false}, {"SSL_KEY", "/certs/key.pem", false},
		{"U", "http://host:80/x", false}, {"MAX_TOKENS", "5000", false}, {"COMPASS", "n", false},
	} {
		if (new(check).leaks(c.name, c.value) != "") != c.secret {
			t.Errorf("%s=%s: want %t", c.name, c.value, c.secret)
		}
	}
}

func TestSplitImage(t *testing.T) {
	for reference, want := range map[string][3]string{
		"app": {"app"}, "app:v1": {"app", "v1"}, "host:5000/app": {"host:5000/app"}, "host:5000/a/b:v1": {"host:5000/a/b", "v1"},
		"app@sha256:00": {"app", "", "sha256:00"}, "app:v1@sha256:00": {"app", "v1", "sha256:00"}, "": {},
	} {
		if name, tag, digest := splitImage(reference); [3]string{name, tag, digest} != want {
			t.Errorf("%s: got %q %q %q", reference, name, tag, digest)
		}
	}
	if got := repository("registry.example.com/library/postgres:17"); got != "postgres" {
		t.Errorf("got %q", got)
	}
}

func TestParseKind(t *testing.T) {
	if _, err := ParseKind("staging"); err == nil {
		t.Error("staging is taken")
	}
	if _, err := checked(t, "staging"); err == nil {
		t.Error("staging is checked")
	}
}

func checked(t *testing.T, kind Kind, files ...string) ([]Finding, error) {
	t.Helper()
	report, err := Check(t.Context(), Request{Kind: kind, Files: files})
	if err != nil {
		return nil, err
	}
	return report.Findings, nil
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
