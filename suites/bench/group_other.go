//go:build !unix

package main

import "os/exec"

// together is for Unix: elsewhere there is no interrupt to pass on.
func together(*exec.Cmd) {}
