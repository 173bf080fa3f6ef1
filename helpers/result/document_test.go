package result

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	compiled, err := jsonschema.NewCompiler().Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func validate(t *testing.T, data []byte) error {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return schema(t).Validate(value)
}

func sample() Document {
	return Document{
		Schema: Schema,
		Run:    Run{ID: "r", Started: "2026-11-23T05:00:00Z", Seconds: 1.5, Procs: 2, Specs: 1, Containers: 2, Passed: true},
		Engine: Engine{Name: "docker", Version: "26.1.5", API: "1.45", OS: "linux", Arch: "amd64", Provider: "lab", Release: "docker-trixie", Sharing: "native", VM: true},
		Lesson: Lesson{ID: "l", SHA256: strings.Repeat("0", 64)},
		Claims: []Claim{{
			ID: "volumes/a", Section: "S", Line: 3, Start: 20, End: 21, Quote: "Q", Verdict: Contradicted, Expected: Contradicted, Reason: "gone",
			Erratum: &Erratum{Actually: "it is not", Source: "s"}, Deviation: &Deviation{On: "podman", Actually: "a", Source: "s"},
			Substitutes: []Substitute{{"python:3.12-slim", "Debian's"}}, Specs: []Spec{{"a spec", "passed", 0.5}}, Evidence: []Evidence{{"did", "saw"}},
		}},
		Matrix:  []Cell{{Mechanism: "tmpfs", Event: "restart", Fate: "lost", Expected: "lost"}},
		Figures: []Figure{{Name: "fsync", Mechanism: "tmpfs", Unit: OperationsPerSecond, Values: []float64{1}, Layer: &Ratio{1, 1, 1}, Host: &Ratio{1, 1, 1}}},
		Drift:   []Drift{{Claim: "volumes/a", Kind: "moved", Line: 5, Detail: "to line 5"}}, Uncovered: []Passage{{Line: 7, Start: 90, End: 94, Text: "text"}},
		Prose: []Prose{{8, 96, 99, "advice"}}, Leftovers: []string{"volume x"},
	}
}

func TestWrittenDocumentsMatchTheSchemaAndAreReadBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "engine", "verdicts.json")
	if err := Write(path, sample()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate(t, data); err != nil {
		t.Error(err)
	}
	read, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := json.Marshal(sample())
	after, _ := json.Marshal(read)
	if string(before) != string(after) {
		t.Errorf("wrote %s\nread %s", before, after)
	}
}

// TestRealDocumentsMatchTheSchema validates what runs on this machine left.
func TestRealDocumentsMatchTheSchema(t *testing.T) {
	written, _ := filepath.Glob("../../reports/out/*/verdicts.json")
	if len(written) == 0 {
		t.Skip("no run has left a report here yet")
	}
	for _, path := range written {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(t, data); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if _, err := Parse(data); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestSchemaRejectsInvalidDocuments(t *testing.T) {
	for name, spoil := range map[string]func(*Document){
		"unknown verdict":             func(d *Document) { d.Claims[0].Verdict = "maybe" },
		"unverified without a reason": func(d *Document) { d.Claims[0].Verdict, d.Claims[0].Reason = Unverified, "" },
		"invalid id":                  func(d *Document) { d.Claims[0].ID = "A" },
		"null for a list":             func(d *Document) { d.Leftovers = nil },
		"negative position":           func(d *Document) { d.Claims[0].Start = -1 },
		"prose without a reason":      func(d *Document) { d.Prose[0].Reason = "" },
		"another schema":              func(d *Document) { d.Schema = "x" },
	} {
		document := sample()
		spoil(&document)
		data, _ := json.Marshal(document)
		if validate(t, data) == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// TestSchemaHasEveryEngineField fails if a field was added to Engine only: the
// schema would reject the documents of real runs.
func TestSchemaHasEveryEngineField(t *testing.T) {
	data, err := os.ReadFile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties struct {
			Engine struct{ Properties map[string]any }
		}
	}
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Engine]()) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if schema.Properties.Engine.Properties[name] == nil {
			t.Errorf("schema.json lacks the engine's field %q", name)
		}
	}
}

func TestReadRejectsInvalidFiles(t *testing.T) {
	data, _ := json.Marshal(sample())
	whole := string(data)
	changed := func(old, fresh string) string {
		if !strings.Contains(whole, old) {
			t.Fatalf("the document has no %s", old)
		}
		return strings.Replace(whole, old, fresh, 1)
	}
	const foreign = "not a holdfast/verdicts/v1 document"
	for name, c := range map[string]struct{ data, want string }{
		"truncated":       {whole[:len(whole)/2], foreign},
		"empty":           {"", foreign},
		"another schema":  {`{"schema":"sarif"}`, `its schema is "sarif"`},
		"unknown field":   {changed(`"run":{`, `"run":{"colour":1,`), "unknown field"},
		"unknown verdict": {changed(`"verdict":"contradicted"`, `"verdict":"maybe"`), `unknown verdict "maybe"`},
		"duplicate claim": {changed(`"claims":[`, `"claims":[{"id":"volumes/a","verdict":"holds"},`), `claim "volumes/a" occurs twice`},
		"invalid time":    {changed("2026-11-23T05:00:00Z", "yesterday"), "run.started"},
		"nameless engine": {changed(`"name":"docker"`, `"name":""`), "no name"},
		"nameless claim":  {changed(`"id":"volumes/a"`, `"id":""`), "no id"},
	} {
		path := filepath.Join(t.TempDir(), "verdicts.json")
		if err := os.WriteFile(path, []byte(c.data), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLabel(t *testing.T) {
	for want, engine := range map[string]Engine{
		"docker-trixie":                       {Name: "docker", Version: "26.1.5", Release: "docker-trixie"},
		"podman-5.8.6-fedora-linux-43-arm64":  {Name: "podman", Version: "5.8.6", OperatingSystem: "Fedora Linux 43", Arch: "arm64"},
		"docker-28.5.2-dfsg4-debian-rootless": {Name: "docker", Version: "28.5.2+dfsg4", OperatingSystem: "Debian", Rootless: true},
	} {
		if got := engine.Label(); got != want {
			t.Errorf("the label is %q, want %q", got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	whole, _ := json.Marshal(sample())
	f.Add(whole)
	f.Add([]byte(`{"schema":"holdfast/verdicts/v1"}`))
	f.Fuzz(func(t *testing.T, data []byte) { _, _ = Parse(data) })
}
