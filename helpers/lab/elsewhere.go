//go:build !linux

package lab

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
)

var errElsewhere = errors.New("the lab needs Linux and root: set DOCKER_HOST or the docker context to an engine that runs already")

// machine is empty where none can run.
type machine struct{}

// Start returns an error: the lab needs Linux and root.
func Start(context.Context, string, []string, io.Writer, ...Option) (*Machine, error) {
	return nil, errElsewhere
}

// Close has nothing to close.
func (m *Machine) Close() error { return nil }

// Run returns an error: the lab needs Linux and root.
func (m *Machine) Run(context.Context, []string) (int, error) { return 0, errElsewhere }

// Available returns an error: the lab needs Linux and root.
func Available() error { return errElsewhere }

// Prepare returns an error: nothing that it could install makes this Linux.
func Prepare(context.Context, io.Writer) error { return errElsewhere }

// Sweep has nothing to sweep.
func Sweep(io.Writer) error { return nil }

// CleanCache has nothing to clean.
func CleanCache(io.Writer) error { return nil }

// List returns every release, none of them cached.
func List() ([]Listed, error) {
	releases, err := Releases()
	var all []Listed
	for _, r := range releases {
		all = append(all, Listed{Release: r})
	}
	return all, err
}

// Interruptible returns a context that ends with Ctrl-C.
func Interruptible() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), os.Interrupt)
}
