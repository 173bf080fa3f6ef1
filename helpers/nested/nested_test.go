package nested

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// module returns a program of a nested module that pins another, which prints its
// linked version.
func module(t *testing.T) Program {
	t.Helper()
	t.Setenv("HOLDFAST_CACHE", t.TempDir())
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":              "module example.com/pins\n\ngo 1.26\n\ntool example.com/dep/cmd/say\n\nrequire example.com/dep v1.2.3\n\nreplace example.com/dep v1.2.3 => ./dep\n",
		"dep/go.mod":          "module example.com/dep\n\ngo 1.26\n",
		"dep/v/v.go":          "package v\n\nvar Version = \"unknown\"\n",
		"dep/cmd/say/main.go": "package main\n\nimport \"example.com/dep/v\"\n\nfunc main() { print(v.Version) }\n",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	relative, err := filepath.Rel(filepath.Join(here, "..", ".."), dir)
	if err != nil {
		t.Fatal(err)
	}
	return Program{
		Name: "Say", Dir: filepath.ToSlash(relative), Module: "example.com/dep", Package: "example.com/dep/cmd/say",
		Linked: "example.com/dep/v.Version", As: "say-%s", Cache: "tools", File: "say", Takes: "no time",
	}
}

func TestConcurrentEnsuresBuildOnce(t *testing.T) {
	program := module(t)
	if path, exists, err := program.Cached(); exists || err != nil {
		t.Fatalf("%s exists before it was built: %v", path, err)
	}
	var progress [3]bytes.Buffer
	var all sync.WaitGroup
	for i := range progress {
		all.Go(func() {
			path, err := program.Ensure(t.Context(), &progress[i])
			if err != nil {
				t.Error(err)
				return
			}
			if output, err := exec.Command(path).CombinedOutput(); string(output) != "say-v1.2.3" || err != nil {
				t.Errorf("it printed %q, not its version: %v", output, err)
			}
		})
	}
	all.Wait()
	if built := strings.Count(progress[0].String()+progress[1].String()+progress[2].String(), "Building Say 1.2.3"); built != 1 {
		t.Errorf("it was built %d times:\n%s%s%s", built, &progress[0], &progress[1], &progress[2])
	}
	path, exists, err := program.Cached()
	rests, _ := filepath.Glob(path + ".new")
	if !exists || err != nil || len(rests) > 0 {
		t.Errorf("%s: exists %t, rests %v, error %v", path, exists, rests, err)
	}
}

func TestEnsureExplainsFailures(t *testing.T) {
	for want, spoil := range map[string]func(*Program){
		"run this from a clone": func(p *Program) { p.Dir += "-nowhere" },
		"pins no version":       func(p *Program) { p.Module = "example.com/other" },
		"go build":              func(p *Program) { p.Package += "/nothing" },
	} {
		program := module(t)
		spoil(&program)
		if _, err := program.Ensure(t.Context(), &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v is no error that holds %q", err, want)
		}
	}
}

func TestEnsureSaysThatAMachineHasNoMeansToBuild(t *testing.T) {
	program := module(t)
	t.Setenv("PATH", t.TempDir())
	if _, err := program.Ensure(t.Context(), &bytes.Buffer{}); !errors.Is(err, ErrNoMeans) {
		t.Errorf("without Go: %v", err)
	}
	program.Dir += "-nowhere"
	if _, err := program.Ensure(t.Context(), &bytes.Buffer{}); !errors.Is(err, ErrNoMeans) {
		t.Errorf("without a clone: %v", err)
	}
}
