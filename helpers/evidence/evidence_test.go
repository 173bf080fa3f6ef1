package evidence

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/onsi/ginkgo/v2/types"
)

func entryOf(name string, value any) types.ReportEntry {
	return types.ReportEntry{Name: name, Value: types.WrapEntryValue(value)}
}

// An entry of another process comes as JSON, one of this process as the value.
func TestStepsAreReadFromEveryProcess(t *testing.T) {
	own := types.SpecReport{ReportEntries: types.ReportEntries{entryOf(entry, Step{Did: "a", Saw: "b", Containers: 1}), entryOf("claim:x/y", 5)}}
	data, err := json.Marshal(own)
	if err != nil {
		t.Fatal(err)
	}
	var foreign types.SpecReport
	if err := json.Unmarshal(data, &foreign); err != nil {
		t.Fatal(err)
	}
	for name, spec := range map[string]types.SpecReport{"own": own, "foreign": foreign} {
		steps := Of(spec)
		if len(steps) != 1 || steps[0] != (Step{Did: "a", Saw: "b", Containers: 1}) {
			t.Errorf("%s: %+v", name, steps)
		}
		if rest := Without(spec.ReportEntries); len(rest) != 1 || rest[0].Name != "claim:x/y" {
			t.Errorf("%s: %+v", name, rest)
		}
	}
}

func TestLongOutputIsCutAtARune(t *testing.T) {
	text := shorten(strings.Repeat("é", maxLength))
	if len(text) > maxLength+len(" ...") || !strings.HasSuffix(text, "é ...") {
		t.Errorf("%d bytes, ends %q", len(text), text[len(text)-8:])
	}
}
