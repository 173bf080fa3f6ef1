//go:build !linux

package images

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
)

func buildRootfs(context.Context, *progress, string, system) error {
	return next("mmdebstrap builds it, on Linux only, and this is %s", runtime.GOOS)
}

func changeRoot(*exec.Cmd, string) error {
	return fmt.Errorf("the root file system's pip runs on Linux only, and this is %s", runtime.GOOS)
}
