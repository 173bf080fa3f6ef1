// Package compiled builds the conformance suite once for programs that run it
// several times. Ginkgo would build it for each run, and concurrent runs in the
// same place.
package compiled

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Suite is the compiled conformance suite.
type Suite struct {
	Ginkgo string // path of the ginkgo command
	Test   string // path of the suite's test binary
}

// Build compiles the suite of the module at root into dir. Ginkgo runs a test
// binary in the binary's directory, and the suite writes its reports two levels
// above that: to dir/reports.
func Build(ctx context.Context, root, dir string) (Suite, error) {
	s := Suite{Ginkgo: filepath.Join(dir, "ginkgo"), Test: filepath.Join(dir, "suites", "conformance", "conformance.test")}
	if err := os.MkdirAll(filepath.Dir(s.Test), 0o755); err != nil {
		return s, err
	}
	for _, args := range [][]string{
		{"go", "build", "-o", s.Ginkgo, "github.com/onsi/ginkgo/v2/ginkgo"},
		{"go", "test", "-c", "-vet=off", "-o", s.Test, "github.com/holdfast/holdfast/suites/conformance"},
	} {
		command := exec.CommandContext(ctx, args[0], args[1:]...)
		command.Dir = root
		if output, err := command.CombinedOutput(); err != nil {
			return s, fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, output)
		}
	}
	return s, nil
}
