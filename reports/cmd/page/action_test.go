package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/result"

	"go.yaml.in/yaml/v4"
)

const actionFile = "../../../.github/actions/conformance/action.yml"

// action is what the tests read of a composite action.
type action struct {
	Inputs  map[string]struct{ Default string }
	Outputs map[string]struct{ Value string }
	Runs    struct {
		Steps []struct {
			ID, Name, Run string
			Env           map[string]string
		}
	}
}

var expression = regexp.MustCompile(`\$\{\{ inputs\.([a-z-]+)(?: \|\| env\.\w+)? \}\}`)

// job runs steps of the action as a runner does, in a workspace of its own.
type job struct {
	t         *testing.T
	action    action
	workspace string
	files     map[string]string // that the runner names in variables
}

// newJob gives the job a stand-in for the suite, which notes how it was called, leaves the
// verdicts in the folder of its reports and ends with the exit code in the file `code`.
func newJob(t *testing.T, document result.Document) *job {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the runner's bash on Windows is not at hand")
	}
	data, err := os.ReadFile(actionFile)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	j := &job{t: t, workspace: filepath.Join(dir, "work"), files: map[string]string{
		"RUNNER_TEMP": dir, "GITHUB_OUTPUT": filepath.Join(dir, "output"), "GITHUB_STEP_SUMMARY": filepath.Join(dir, "summary"),
	}}
	if err := yaml.Unmarshal(data, &j.action); err != nil {
		t.Fatal(err)
	}
	if output, err := exec.Command("go", "build", "-o", filepath.Join(dir, "holdfast-page"), ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	if err := result.Write(filepath.Join(dir, "reports", "docker-1", "verdicts.json"), document); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"reports/docker-1/junit.xml": "<testsuites/>",
		"code":                       "0",
		"holdfast":                   "#!/bin/sh\ncd \"$RUNNER_TEMP\" && env > called && echo \"ARGS=$*\" >> called\ncp -r reports work/holdfast-reports\nexit \"$(cat code)\"\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(j.workspace, 0o755); err != nil {
		t.Fatal(err)
	}
	return j
}

// step runs one step by its name, with these inputs.
func (j *job) step(name string, inputs map[string]string) (output string, err error) {
	j.t.Helper()
	for _, step := range j.action.Runs.Steps {
		if step.Name != name {
			continue
		}
		command := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.Run)
		command.Dir, command.Env = j.workspace, []string{"PATH=" + os.Getenv("PATH")}
		for variable, value := range j.files {
			command.Env = append(command.Env, variable+"="+value)
		}
		for variable, value := range step.Env {
			value = expression.ReplaceAllStringFunc(value, func(text string) string {
				input := expression.FindStringSubmatch(text)[1]
				declared, known := j.action.Inputs[input]
				if !known {
					j.t.Errorf("%s is not declared", input)
				}
				if given, set := inputs[input]; set {
					return given
				}
				return declared.Default
			})
			command.Env = append(command.Env, variable+"="+value)
		}
		printed, err := command.CombinedOutput()
		return string(printed), err
	}
	j.t.Fatalf("the action has no step %q", name)
	return "", nil
}

func (j *job) read(name string) string {
	j.t.Helper()
	data, err := os.ReadFile(filepath.Join(j.files["RUNNER_TEMP"], name))
	if err != nil {
		j.t.Fatal(err)
	}
	return string(data)
}

// judged has one claim of each verdict, of which one is not as catalogued.
var judged = result.Document{
	Schema: result.Schema, Run: result.Run{ID: "r", Started: "2026-12-01T06:00:00Z", Seconds: 1, Procs: 1},
	Engine: result.Engine{Name: "docker", Version: "29.1.0", API: "1.52", OS: "linux", OperatingSystem: "Ubuntu 24.04", Arch: "amd64", StorageDriver: "overlayfs", Provider: "host"},
	Lesson: result.Lesson{ID: "l", SHA256: strings.Repeat("0", 64)},
	Claims: []result.Claim{
		{ID: "v/kept", Section: "S", Line: 1, Quote: "Data stays.", Verdict: result.Holds, Expected: result.Holds},
		{ID: "v/lost", Section: "S", Line: 2, Quote: "100% is\nkept.", Verdict: result.Contradicted, Expected: result.Holds, Reason: "it was gone"},
		{ID: "v/open", Section: "S", Line: 3, Quote: "Perhaps.", Verdict: result.Unverified, Expected: result.Holds, Reason: "no Compose"},
	},
	Matrix: []result.Cell{}, Drift: []result.Drift{}, Uncovered: []result.Passage{}, Leftovers: []string{"volume x"},
}

func TestTheActionPassesItsInputsOn(t *testing.T) {
	j := newJob(t, judged)
	inputs := map[string]string{"engine": "tcp://away:2375", "lesson": "l.md", "compose": "c.yaml", "strategy": "production", "label-filter": "contract && quick; $(false)", "require-all": "true"}
	if output, err := j.step("Judge the engine", inputs); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	for _, want := range []string{"DOCKER_HOST=tcp://away:2375", "HOLDFAST_LESSON=l.md", "HOLDFAST_COMPOSE=c.yaml", "HOLDFAST_STRATEGY=production", "HOLDFAST_REQUIRE_ALL=true", "HOLDFAST_DISPOSABLE=false", "HOLDFAST_LAB=off", "ARGS=--no-color --label-filter=contract && quick; $(false)"} {
		if !strings.Contains(j.read("called"), want+"\n") {
			t.Errorf("no %s in\n%s", want, j.read("called"))
		}
	}
	if err := os.WriteFile(filepath.Join(j.files["RUNNER_TEMP"], "code"), []byte("1"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := j.step("Judge the engine", nil); err == nil {
		t.Error("a failed run passes the step")
	}
}

func TestTheActionReports(t *testing.T) {
	j := newJob(t, judged)
	if _, err := j.step("Judge the engine", nil); err != nil {
		t.Fatal(err)
	}
	printed, err := j.step("Report the verdicts", nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	for _, want := range []string{
		"::error title=v/lost::contradicted on docker 29.1.0, catalogued: holds. 100%25 is%0Akept.%0Ait was gone\n",
		"::error title=left behind::volume x\n",
	} {
		if !strings.Contains(printed, want) {
			t.Errorf("no %q in\n%s", want, printed)
		}
	}
	want := "holds=1\ncontradicted=1\nunverified=1\nunexpected=1\npage=holdfast-reports/index.html\njunit=holdfast-reports/docker-1/junit.xml\n"
	if got := j.read("output"); got != want {
		t.Errorf("the outputs are\n%s", got)
	}
	for name, output := range j.action.Outputs {
		if !strings.Contains(want, name+"=") || output.Value != "${{ steps.report.outputs."+name+" }}" {
			t.Errorf("output %s is %s", name, output.Value)
		}
	}
	if got := j.read("summary"); !strings.Contains(got, "## 3 claims on 1 run") || !strings.Contains(got, "v/lost") {
		t.Errorf("the job's summary is\n%s", got)
	}
	if page := j.read("work/holdfast-reports/index.html"); !strings.Contains(page, "v/lost") {
		t.Error("the page lacks a claim")
	}
}
