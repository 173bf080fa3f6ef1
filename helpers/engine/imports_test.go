package engine

import (
	"os/exec"
	"strings"
	"testing"
)

// The Docker client library has a successor: only this package may import it.
func TestOnlyThisPackageImportsTheDockerClient(t *testing.T) {
	const format = `{{$p := .ImportPath}}{{range .Imports}}{{$p}} {{.}}{{"\n"}}{{end}}{{range .TestImports}}{{$p}} {{.}}{{"\n"}}{{end}}{{range .XTestImports}}{{$p}} {{.}}{{"\n"}}{{end}}`
	output, err := exec.CommandContext(t.Context(), "go", "list", "-e", "-f", format, "github.com/holdfast/holdfast/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	imports := 0
	for line := range strings.Lines(string(output)) {
		importer, imported, _ := strings.Cut(strings.TrimSpace(line), " ")
		if !strings.HasPrefix(imported, "github.com/docker/docker/") {
			continue
		}
		imports++
		if importer != "github.com/holdfast/holdfast/helpers/engine" {
			t.Errorf("%s imports %s: use helpers/engine", importer, imported)
		}
	}
	if imports == 0 {
		t.Error("found no import at all: is the list empty?")
	}
}
