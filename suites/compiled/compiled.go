// Package compiled builds the conformance suite once for those who run it
// often: Ginkgo would build it for each run anew, and at once in the same place.
package compiled

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// Build builds, from a folder of this module, the ginkgo command and the
// conformance suite's test binary to the given files. Relative files are
// relative to that folder; "" is this process's own.
func Build(ctx context.Context, folder, ginkgo, test string) error {
	for _, words := range [][]string{
		{"go", "build", "-o", ginkgo, "github.com/onsi/ginkgo/v2/ginkgo"},
		{"go", "test", "-c", "-vet=off", "-o", test, "github.com/holdfast/holdfast/suites/conformance"},
	} {
		command := exec.CommandContext(ctx, words[0], words[1:]...)
		command.Dir = folder
		if output, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(words, " "), err, output)
		}
	}
	return nil
}
