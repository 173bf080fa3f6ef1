// Command fault runs a command on an engine with a fault:
//
//	go tool lab run -- go run ./helpers/faults/cmd/fault bind-dropped go tool ginkgo ./suites/conformance
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/faults"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "Usage: fault NAME COMMAND [ARGUMENT ...]\n\nThe faults:")
		for _, fault := range faults.All {
			fmt.Fprintf(os.Stderr, "  %-32s %s\n", fault.Name, fault.Does)
		}
		os.Exit(2)
	}
	err := run(os.Args[1], os.Args[2:])
	var exited *exec.ExitError
	switch {
	case errors.As(err, &exited):
		os.Exit(exited.ExitCode())
	case err != nil:
		fmt.Fprintln(os.Stderr, "fault:", err)
		os.Exit(1)
	}
}

func run(name string, command []string) (err error) {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	fault, err := faults.Find(name)
	if err != nil {
		return err
	}
	if _, lies := fault.Lie(); lies {
		return fmt.Errorf("%s is a mount, which must be there before the engine starts: see suites/selftest/README.md", name)
	}
	at, err := engine.Resolve()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "fault-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	proxy, err := faults.Serve(ctx, at.Host, filepath.Join(dir, "docker.sock"), fault)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, proxy.Close()) }()
	program := exec.Command(command[0], command[1:]...)
	program.Stdin, program.Stdout, program.Stderr = os.Stdin, os.Stdout, os.Stderr
	program.Env = append(os.Environ(), "DOCKER_HOST="+proxy.Host, "DOCKER_CONTEXT=")
	return program.Run()
}
