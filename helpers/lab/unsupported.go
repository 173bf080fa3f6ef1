//go:build !linux

package lab

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
)

var errUnsupported = errors.New("the lab needs Linux and root: set DOCKER_HOST or the docker context to a running engine")

type machine struct{}

// Start returns an error: the lab needs Linux.
func Start(context.Context, string, []string, io.Writer, ...Option) (*Machine, error) {
	return nil, errUnsupported
}

// Close does nothing.
func (m *Machine) Close() error { return nil }

// Run returns an error: the lab needs Linux.
func (m *Machine) Run(context.Context, []string) (int, error) { return 0, errUnsupported }

// Available returns an error: the lab needs Linux.
func Available() error { return errUnsupported }

// Prepare returns an error: the lab needs Linux.
func Prepare(context.Context, io.Writer) error { return errUnsupported }

// Sweep does nothing.
func Sweep(io.Writer) error { return nil }

// CleanCache does nothing.
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

// Interruptible returns a context that Ctrl-C cancels.
func Interruptible() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), os.Interrupt)
}
