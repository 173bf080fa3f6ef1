package sandbox

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/probe"

	. "github.com/onsi/ginkgo/v2"
)

// Delay is a report entry: how long a change took to be seen on the other side
// of a mount.
type Delay struct {
	From         string  `json:"from"`
	To           string  `json:"to"`
	Milliseconds float64 `json:"milliseconds"`
}

// patience is how long an unseen change of a file is waited for, by the probe too.
const patience = 10 * time.Second

// TimeUntilRead returns how long it takes, from the beginning of change, until the
// running container reads the text in the file.
func (c *Container) TimeUntilRead(ctx context.Context, path, text string, change func()) time.Duration {
	GinkgoHelper()
	watch := c.Watch(ctx, probe.Await(path, text))
	if line, _ := watch.Line(); line != "waiting" {
		Fail(fmt.Sprintf("%s in container %s did not begin to wait: it said %q", probe.Await(path, text), c.Name, line))
	}
	began := time.Now()
	change()
	line, _ := watch.Line()
	return c.box.delayed("host", "running container", time.Since(began), line)
}

// TimeUntilRead returns how long it takes, from the end of change, until the host reads
// the text in the file. What was seen before change returned took no time.
func (d *Dir) TimeUntilRead(ctx context.Context, name, text string, change func()) time.Duration {
	GinkgoHelper()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	change()
	began := time.Now()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		if data, err := os.ReadFile(filepath.Join(d.Path, name)); err == nil && string(data) == text {
			return d.box.delayed("running container", "host", time.Since(began), "seen")
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return d.box.delayed("running container", "host", time.Since(began), ctx.Err().Error())
		}
	}
}

// delayed puts a delay into the report and the evidence. What was not seen
// counts as late, also where the wait was cut short.
func (b *Box) delayed(from, to string, took time.Duration, saw string) time.Duration {
	if saw != "seen" {
		took = max(took, patience)
	}
	delay := Delay{from, to, float64(took.Microseconds()) / 1000}
	AddReportEntry("delay", delay, ReportEntryVisibilityFailureOrVerbose)
	b.did(evidence.Step{Did: "wait for the change from the " + from + " in the " + to, Saw: fmt.Sprintf("%s after %.3f ms", saw, delay.Milliseconds)})
	return took
}
