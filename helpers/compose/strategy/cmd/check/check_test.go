package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const fixtures = "../../../../../fixtures/projects/strategy"

func fixture(t *testing.T, parts ...string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(append([]string{fixtures}, parts...)...))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func checked(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, problems bytes.Buffer
	code = run(t.Context(), args, &out, &problems)
	return code, out.String(), problems.String()
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestExitCodes(t *testing.T) {
	good, bad := fixture(t, "production", "good", "everything"), fixture(t, "production", "bad", "no-bind-mounts")
	warned := fixture(t, "cases", "mounts-configuration")
	dir := t.TempDir()
	broken := filepath.Join(dir, "compose.yaml")
	write(t, broken, "services:\n  app:\n    image: app:v1\n    volumes:\n      - data:/data\n")
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"clean":                {[]string{good}, clean, `no findings`},
		"findings":             {[]string{bad}, found, `compose\.yaml:5: error: service app: \./src is bind mounted at /app \[no-bind-mounts\]`},
		"a file":               {[]string{filepath.Join(bad, "compose.yaml")}, found, `1 finding `},
		"several directories":  {[]string{good, bad}, found, `2 files: 1 finding`},
		"another strategy":     {[]string{"-strategy", "development", fixture(t, "development", "bad", "logs-by-bind-mount")}, found, `logs-by-bind-mount`},
		"warnings":             {[]string{warned}, found, `0 errors`},
		"only warnings":        {[]string{"-fail-on", "error", warned}, clean, `0 errors`},
		"does not load":        {[]string{dir}, unjudged, `compose\.yaml:5: service "app" refers to undefined volume data: invalid compose project\nCompose would refuse the project too`},
		"missing":              {[]string{"nowhere.yaml"}, unjudged, `nowhere\.yaml`},
		"nothing there":        {[]string{fixture(t, "production")}, unjudged, `there is no compose file in .*production: Compose looks for compose\.yaml`},
		"files and directory":  {[]string{good, broken}, unjudged, `and not both`},
		"unknown strategy":     {[]string{"-strategy", "staging", good}, unjudged, `-strategy: strategy "staging" is neither`},
		"unknown format":       {[]string{"-format", "xml", good}, unjudged, `-format: "xml"`},
		"unknown severity":     {[]string{"-fail-on", "info", good}, unjudged, `-fail-on: "info"`},
		"unknown flag":         {[]string{"-x"}, unjudged, `flag provided but not defined`},
		"help":                 {[]string{"-h"}, clean, `Usage: check`},
		"the rules":            {[]string{"-list"}, clean, `(?m)^no-bind-mounts +error +production `},
		"a rule":               {[]string{"-explain", "data-directory"}, clean, `# data-directory`},
		"no rule":              {[]string{"-explain", "nothing"}, unjudged, `there is no rule "nothing"`},
		"no such baseline":     {[]string{"-baseline", "nowhere.json", good}, unjudged, `reading the baseline`},
		"no such config":       {[]string{"-config", "nowhere.yaml", good}, unjudged, `reading the configuration`},
		"unset variables":      {[]string{fixture(t, "cases", "unset-variables")}, found, `\$\{ROOT\}/code is bind mounted`},
		"a variable of -env":   {[]string{"-env", "VERSION=latest", fixture(t, "production", "good", "tag-at-deployment")}, found, `app:latest`},
		"github":               {[]string{"-format", "github", bad}, found, `^::error file=`},
		"json":                 {[]string{"-format", "json", bad}, found, `"schema": "holdfast/check/v1"`},
		"sarif":                {[]string{"-format", "sarif", bad}, found, `"version": "2.1.0"`},
		"an override is read":  {[]string{fixture(t, "cases", "override", "compose.yaml")}, found, `compose\.override\.yaml:6`},
		"files named override": {[]string{fixture(t, "cases", "override", "compose.yaml"), fixture(t, "cases", "override", "compose.override.yaml")}, found, `compose\.override\.yaml:6`},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := checked(t, c.args...)
			if said := stdout + stderr; code != c.code || !regexp.MustCompile(c.says).MatchString(said) {
				t.Errorf("exit %d, want %d and %q, got\n%s", code, c.code, c.says, said)
			}
		})
	}
}

func TestTheShellsVariablesDoNotCount(t *testing.T) {
	t.Setenv("VERSION", "latest")
	at := fixture(t, "production", "good", "tag-at-deployment")
	if code, stdout, _ := checked(t, at); code != clean {
		t.Errorf("exit %d:\n%s", code, stdout)
	}
	if code, stdout, _ := checked(t, "-env", "VERSION", at); code != found {
		t.Errorf("exit %d:\n%s", code, stdout)
	}
}

func TestTheProjectOfTheCallersDirectoryIsFound(t *testing.T) {
	dir := t.TempDir()
	inner := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "compose.yaml"), "services:\n  app: {image: \"app:latest\"}\n")
	write(t, filepath.Join(dir, "other.yaml"), "services:\n  app: {image: \"app:nightly\"}\n")
	t.Chdir(dir)
	if code, stdout, stderr := checked(t); code != found || !strings.HasPrefix(stdout, "compose.yaml:2: error: service app: the tag of image app:latest") {
		t.Errorf("exit %d:\n%s%s", code, stdout, stderr)
	}
	t.Setenv("COMPOSE_FILE", "other.yaml")
	if code, stdout, stderr := checked(t); code != found || !strings.HasPrefix(stdout, "other.yaml:2: error: service app: the tag of image app:nightly") {
		t.Errorf("exit %d:\n%s%s", code, stdout, stderr)
	}
	t.Setenv("COMPOSE_FILE", "")
	t.Chdir(inner)
	if code, stdout, stderr := checked(t); code != found || !strings.Contains(stdout, "image app:latest") {
		t.Errorf("exit %d:\n%s%s", code, stdout, stderr)
	}
}

func TestABaselineKeepsWhatIsKnownQuiet(t *testing.T) {
	dir := t.TempDir()
	file, baseline := filepath.Join(dir, "compose.yaml"), filepath.Join(dir, "baseline.json")
	write(t, file, "services:\n  app: {image: \"app:latest\"}\n")
	if code, _, stderr := checked(t, "-write-baseline", baseline, file); code != clean {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	write(t, file, "# moved\nservices:\n  app: {image: \"app:latest\"}\n")
	if code, stdout, _ := checked(t, "-baseline", baseline, file); code != clean || !strings.Contains(stdout, "no findings, 1 in the baseline") {
		t.Errorf("exit %d:\n%s", code, stdout)
	}
	write(t, file, "services:\n  app: {image: \"app:latest\"}\n  new: {image: \"new:latest\"}\n")
	if code, stdout, _ := checked(t, "-baseline", baseline, file); code != found || !strings.Contains(stdout, "1 finding (1 error, 0 warnings), 1 in the baseline") {
		t.Errorf("exit %d:\n%s", code, stdout)
	}
}
