package standalone

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/holdfast/holdfast/helpers/settings"
)

func TestArgumentsOfATestBinaryAreToldFromAUsers(t *testing.T) {
	for arg, want := range map[string]bool{
		"--test.timeout=0": true, "-test.v": true, "--ginkgo.seed=1": true,
		"--label-filter=test.": false, "test.timeout": false, "-v": false, "": false,
	} {
		if forTests(arg) != want {
			t.Errorf("%q: %t", arg, !want)
		}
	}
}

func TestTheSuiteHasANameThatGinkgoTakes(t *testing.T) {
	program := filepath.Join(t.TempDir(), "holdfast")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if err := os.WriteFile(program, []byte("x"), 0o755); err != nil {
		t.Fatal(err)
	}
	path, remove, err := suiteFile(program)
	if err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "x" {
		t.Errorf("%s is not the program: %v", path, err)
	}
	if extension := filepath.Ext(path); extension != ".test" && extension != ".exe" {
		t.Errorf("ginkgo does not take %s for a test binary", path)
	}
	if err := remove(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(program); err != nil {
		t.Errorf("the program itself is gone: %v", err)
	}
}

func TestUsageShowsSettingsAndFlags(t *testing.T) {
	var out strings.Builder
	usage(&out, Version{"v1.2.3", "abc"})
	for _, want := range []string{"holdfast v1.2.3 (commit abc, " + runtime.Version(), settings.Work.Name, settings.StandaloneReports, "--label-filter", "--procs", "--junit-report"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
	for _, unwanted := range []string{settings.Netns.Name, "--race", "--compilers"} {
		if strings.Contains(out.String(), unwanted) {
			t.Errorf("%q in\n%s", unwanted, &out)
		}
	}
}
