package lab

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"
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

// lastLines returns the end of a file, indented for an error message.
func lastLines(file string, count int) string {
	content, err := os.ReadFile(file)
	if err != nil {
		return fmt.Sprintf("(%v)", err)
	}
	return tail(string(content), count)
}

func tail(text string, count int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(lines) > count {
		lines = lines[len(lines)-count:]
	}
	return "  " + strings.Join(lines, "\n  ")
}
