//go:build !unix

package compiled

import "os/exec"

// InterruptGroup does nothing: only Unix can interrupt a process group.
func InterruptGroup(*exec.Cmd) {}
