package nested

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// heartbeat reports every 15 s that a build is running, until stop is called.
func heartbeat(progress io.Writer, name string, began time.Time) (stop func()) {
	done := make(chan struct{})
	var ticking sync.WaitGroup
	ticking.Go(func() {
		ticker := time.NewTicker(15 * time.Second)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				fmt.Fprintf(progress, "  still building %s, %.0f s so far\n", name, time.Since(began).Seconds())
			}
		}
	})
	return func() { close(done); ticking.Wait() }
}

// LastLines returns the last lines of a text.
func LastLines(text string, count int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(lines) > count {
		lines = append([]string{"..."}, lines[len(lines)-count:]...)
	}
	return strings.Join(lines, "\n")
}
