package strategy

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestConfig(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "compose.yaml"), `services:
  db:
    image: registry.example.com/our-db:v1.2.3
  app:
    image: registry.example.com/app:v1.2.3
    environment:
      DOOR_PIN_CODE: "4711"
      PAGE_KEY: a1b2c3
    volumes:
      - ./config/app.yaml:/app/app.yaml
      - ./src:/app/src
      - ./logs:/app/logs
`)
	file := filepath.Join(dir, ConfigName)
	write(t, file, `stores:
  registry.example.com/our-db: [/var/data]
secret-names: ["*_PIN_CODE"]
public-names: [page_key]
allowed-binds: [./config/**]
severities:
  no-bind-mounts: warning
  no-local-logs: off
`)
	found, err := FindConfig(filepath.Join(dir))
	if err != nil || found != file {
		t.Fatalf("found %q, %v", found, err)
	}
	config, err := ReadConfig(file)
	if err != nil {
		t.Fatal(err)
	}
	report, err := Check(t.Context(), Request{Kind: Production, Files: []string{filepath.Join(dir, "compose.yaml")}, Config: config})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range report.Findings {
		got = append(got, string(f.Severity)+" "+f.Rule+" "+f.What)
	}
	want := []string{
		"error data-on-named-volumes nothing is mounted at /var/data, where registry.example.com/our-db:v1.2.3 keeps its data: the data is lost with the container",
		"error no-secret-values secret hard-coded in variable DOOR_PIN_CODE",
		"warning no-bind-mounts ./src is bind mounted at /app/src",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestConfigsThatAreWrongAreRefused(t *testing.T) {
	for text, says := range map[string]string{
		"store: {}\n":                          "store",
		"severities: {no-binds: off}\n":        `"no-binds" is not a rule`,
		"severities: {no-bind-mounts: info}\n": "neither error, warning nor off",
		"allowed-binds: ['[']\n":               "is not a pattern",
		"stores: [\n":                          "reading the configuration",
	} {
		file := filepath.Join(t.TempDir(), ConfigName)
		write(t, file, text)
		if _, err := ReadConfig(file); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: got %v", text, err)
		}
	}
	empty := filepath.Join(t.TempDir(), ConfigName)
	write(t, empty, "# nothing yet\n")
	if _, err := ReadConfig(empty); err != nil {
		t.Errorf("an empty configuration: %v", err)
	}
}

func TestBaseline(t *testing.T) {
	dir := t.TempDir()
	at := func(line int, what string) Finding {
		return Finding{File: filepath.Join(dir, "compose.yaml"), Line: line, Rule: NoBindMounts, Severity: Error, What: what, Services: []string{"app"}}
	}
	file := filepath.Join(dir, "baseline.json")
	if err := NewBaseline(dir, []Finding{at(3, "a"), at(4, "b")}).Write(file); err != nil {
		t.Fatal(err)
	}
	known, err := ReadBaseline(file)
	if err != nil {
		t.Fatal(err)
	}
	fresh, count := known.Subtract(dir, []Finding{at(13, "a"), at(14, "a"), at(15, "c")})
	if count != 1 || len(fresh) != 2 || fresh[0].Line != 14 || fresh[1].What != "c" {
		t.Errorf("got %v, %d known", fresh, count)
	}
	write(t, file, `{"schema": "other"}`)
	if _, err := ReadBaseline(file); err == nil {
		t.Error("another format is taken for a baseline")
	}
}

// Every store says where its directories are written, and none is listed twice.
func TestStoresHaveSources(t *testing.T) {
	table := storesByImage()
	images := map[string]bool{}
	for image, s := range table {
		if !strings.HasPrefix(s.Source, "https://") || len(s.Releases) == 0 {
			t.Errorf("%s has no source or no release", image)
		}
		for _, r := range s.Releases {
			for _, directory := range slices.Concat(r.Data, r.Volume) {
				if !strings.HasPrefix(directory, "/") || strings.HasSuffix(directory, "/") {
					t.Errorf("%s: %q is no directory", image, directory)
				}
			}
		}
		images[image] = true
	}
	if len(images) < 100 {
		t.Errorf("only %d images", len(images))
	}
}

func TestInactiveServicesAreNamedAndTheirSecretsFound(t *testing.T) {
	file := filepath.Join(t.TempDir(), "compose.yaml")
	write(t, file, "services:\n  app: {image: app:v1.0.0}\n  tool:\n    image: tool:latest\n    profiles: [tools]\n    environment: {API_KEY: a1b2c3}\n")
	report, err := Check(t.Context(), Request{Kind: Production, Files: []string{file}})
	if err != nil || !slices.Equal(report.Inactive, []string{"tool"}) || len(report.Findings) != 1 || report.Findings[0].Rule != NoSecretValues {
		t.Errorf("got %+v, %v", report, err)
	}
	report, err = Check(t.Context(), Request{Kind: Production, Files: []string{file}, Profiles: []string{"*"}})
	if err != nil || len(report.Inactive) != 0 || len(report.Findings) != 2 {
		t.Errorf("got %+v, %v", report, err)
	}
}
