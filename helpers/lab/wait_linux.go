package lab

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/holdfast/holdfast/helpers/nested"
)

// until calls try at each interval until it succeeds. If ctx ends first, it returns
// the last error of try.
func until(ctx context.Context, interval time.Duration, try func() error) error {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
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
