package report

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/holdfast/holdfast/helpers/compose/strategy"
)

var result = Result{
	Kind: strategy.Production, Suppressed: 1, Baseline: 2, Inactive: []string{"tool"}, Files: []string{"compose.yaml"},
	Findings: []strategy.Finding{
		{File: "compose.yaml", Line: 5, Services: []string{"app", "web"}, Rule: strategy.NoBindMounts, Severity: strategy.Error, What: "./100%, src is bind mounted", Remedy: "copy it"},
		{File: "compose.yaml", Line: 9, Rule: strategy.NoRawSecretFiles, Severity: strategy.Warning, What: "secret key is a raw file", Remedy: "hide it"},
		{File: "compose.yaml", Line: 11, Services: []string{"app"}, Rule: strategy.NoBindMounts, Severity: strategy.Error, What: "./x is bind mounted", Remedy: "copy it"},
	},
}

func written(t *testing.T, format string, r Result) string {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, format, r); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestText(t *testing.T) {
	want := `compose.yaml:5: error: services app, web: ./100%, src is bind mounted [no-bind-mounts]
compose.yaml:9: warning: secret key is a raw file [no-raw-secret-files]
compose.yaml:11: error: service app: ./x is bind mounted [no-bind-mounts]

What to do (check -explain RULE says more):
  [no-bind-mounts] copy it
  [no-raw-secret-files] hide it

production strategy, 1 file: 3 findings (2 errors, 1 warning), 1 allowed by comments, 2 in the baseline
not judged, as no active profile starts it: tool (-profile NAME activates one, -profile '*' all)
`
	if got := written(t, "text", result); got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestGitHub(t *testing.T) {
	got := written(t, "github", result)
	if !strings.HasPrefix(got, "::error file=compose.yaml,line=5,title=no-bind-mounts::services app, web: ./100%25, src is bind mounted; copy it\n::warning ") {
		t.Errorf("got\n%s", got)
	}
}

func TestJSONIsAsItsSchemaDescribesIt(t *testing.T) {
	text, err := os.ReadFile("check.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	described, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("check.json", described); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("check.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]Result{"findings": result, "none": {Kind: strategy.Development}} {
		var document any
		if err := json.Unmarshal([]byte(written(t, "json", r)), &document); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(document); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	var broken any = map[string]any{"schema": "holdfast/check/v1"}
	if schema.Validate(broken) == nil {
		t.Error("the schema takes anything")
	}
}

func TestSARIFValidates(t *testing.T) {
	for name, r := range map[string]Result{"findings": result, "none": {Kind: strategy.Development}} {
		read, err := sarif.FromString(written(t, "sarif", r))
		if err != nil {
			t.Fatal(err)
		}
		if err := read.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(read.Runs) != 1 || len(read.Runs[0].Results) != len(r.Findings) || len(read.Runs[0].Tool.Driver.Rules) != len(strategy.Rules(r.Kind)) {
			t.Errorf("%s: %d runs", name, len(read.Runs))
		}
	}
}

func TestAnUnknownFormatIsRefused(t *testing.T) {
	if err := Write(&bytes.Buffer{}, "xml", result); err == nil {
		t.Error("xml is written")
	}
}

func TestPage(t *testing.T) {
	for _, rule := range strategy.AllRules() {
		page := Page(rule)
		for _, part := range []string{"# " + rule.ID, rule.Description, rule.Why, rule.Good, rule.Bad, rule.Lesson} {
			if !strings.Contains(page, part) {
				t.Errorf("the page of %s lacks %q", rule.ID, part)
			}
		}
	}
}
