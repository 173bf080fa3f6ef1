//go:build !linux

package images

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
)

func buildRootfs(_ context.Context, _ *progress, _, _ string, _ []string) error {
	return next("mmdebstrap builds it, on Linux only, and this is %s", runtime.GOOS)
}

func changeRoot(_ *exec.Cmd, _ string) error {
	return fmt.Errorf("the root file system's pip runs on Linux only, and this is %s", runtime.GOOS)
}
