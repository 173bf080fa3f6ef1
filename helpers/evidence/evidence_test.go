package evidence

import (
	"encoding/json"
	"os/exec"
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

func TestCommandsCanBePasted(t *testing.T) {
	for want, words := range map[string][]string{
		"docker volume ls --filter label=a.b=c": {"docker", "volume", "ls", "--filter", "label=a.b=c"},
		`printf %s "it's"`:                      {"printf", "%s", "it's"},
		`printf %s $'a\nb'`:                     {"printf", "%s", "a\nb"},
		`echo '$HOME' '*' '' '~'`:               {"echo", "$HOME", "*", "", "~"},
		`echo "a\x00b"`:                         {"echo", "a\x00b"},
	} {
		if got := Command(words...); got != want {
			t.Errorf("%q is %s, want %s", words, got, want)
		}
		if bash, err := exec.LookPath("bash"); err == nil && !strings.Contains(want, `\x00`) {
			echoed, err := exec.Command(bash, "-c", "printf '%s|' "+Command(words...)).Output()
			if err != nil || string(echoed) != strings.Join(words, "|")+"|" {
				t.Errorf("bash reads %s as %s: %v", want, echoed, err)
			}
		}
	}
}
