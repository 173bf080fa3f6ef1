//go:build !unix

package compiled

import "os/exec"

// Together is for Unix: elsewhere there is no interrupt to pass on.
func Together(*exec.Cmd) {}
