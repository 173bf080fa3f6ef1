package strategy

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestJudge(t *testing.T) {
	folder := filepath.Join("fixtures", "projects", "strategy", "production")
	given := func(parts ...string) string {
		return filepath.Join(append(append([]string{folder}, parts...), "compose.yaml")...)
	}
	bind := given("bad", "no-bind-mounts")
	broken := filepath.Join(t.TempDir(), "compose.yaml")
	if err := os.WriteFile(broken, []byte("services:\n  app:\n    image: app:v1\n    volumes:\n      - data:/data\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ file, strategy, want string }{
		"good":             {given("good", "everything"), "production", `^$`},
		"bad":              {bind, "production", `\n` + regexp.QuoteMeta(bind) + `:5: no-bind-mounts: service app: .+ is bind mounted at /app; copy it into the image`},
		"of another kind":  {given("good", "everything"), "development", `^$`},
		"unknown strategy": {bind, "staging", `^HOLDFAST_STRATEGY: strategy "staging" is neither development nor production$`},
		"missing":          {"nowhere.yaml", "production", `^HOLDFAST_COMPOSE: there is no .+nowhere\.yaml: give an absolute path, or one from the repository's root$`},
		"a folder":         {folder, "production", `^HOLDFAST_COMPOSE: reading the compose file: `},
		"does not load":    {broken, "production", regexp.QuoteMeta(broken) + `:5: service "app" refers to undefined volume data: invalid compose project$`},
	} {
		t.Run(name, func(t *testing.T) {
			said := ""
			if err := judge(t.Context(), c.file, c.strategy); err != nil {
				said = err.Error()
			}
			if !regexp.MustCompile(c.want).MatchString(strings.TrimSpace(said)) {
				t.Errorf("said %q, want %q", said, c.want)
			}
		})
	}
}
