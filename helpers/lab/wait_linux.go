package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/holdfast/holdfast/helpers/nested"
)

// permanent is an error that until does not retry.
type permanent struct{ error }

// until calls try at each interval until it succeeds or returns a permanent error.
// If ctx ends first, it returns the cause and the last error of try.
func until(ctx context.Context, interval time.Duration, try func() error) error {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		err := try()
		if end, found := errors.AsType[permanent](err); found {
			return end.error
		}
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", context.Cause(ctx), err)
		case <-tick.C:
		}
	}
}

// lastLines returns the end of a file, for an error message.
func lastLines(file string, count int) string {
	content, err := os.ReadFile(file)
	if err != nil {
		return fmt.Sprintf("(%v)", err)
	}
	return nested.LastLines(string(content), count)
}
