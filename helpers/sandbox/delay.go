package sandbox

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/run"

	. "github.com/onsi/ginkgo/v2"
)

// delay is a report entry: how long it took until a change was read on the
// other side of a mount.
type delay struct {
	From         string  `json:"from"`
	To           string  `json:"to"`
	Milliseconds float64 `json:"milliseconds"`
	did          string
}

const (
	// readLimit bounds the wait for a change of a file, in the probe too.
	readLimit = 10 * time.Second
	// seen is what the probe prints once it has read the change.
	seen = "seen"
)

// TimeUntilRead makes a change and returns the time from its beginning until
// the running container reads the text in the file.
func (c *Container) TimeUntilRead(ctx context.Context, path, text string, change func()) time.Duration {
	GinkgoHelper()
	command := probe.Await(path, text)
	watch := c.watch(ctx, command)
	if line, _ := watch.Line(); line != "waiting" {
		Fail(fmt.Sprintf("%s in container %s printed %q, not that it waits", command, c.Name, line))
	}
	began := time.Now()
	change()
	line, _ := watch.Line()
	return c.box.delayed(delay{From: "host", To: "running container", did: c.execCommand(command)}, time.Since(began), line)
}

// TimeUntilRead makes a change and returns the time from its end until the
// host reads the text in the file.
func (d *Dir) TimeUntilRead(ctx context.Context, name, text string, change func()) time.Duration {
	GinkgoHelper()
	path := filepath.Join(d.Path, name)
	ctx, cancel := context.WithTimeout(ctx, readLimit)
	defer cancel()
	change()
	began := time.Now()
	err := run.Poll(ctx, time.Millisecond, func() bool {
		data, err := os.ReadFile(path)
		return err == nil && string(data) == text
	})
	did := fmt.Sprintf("until [ \"$(cat %s)\" = %s ]; do sleep 0.001; done", evidence.Command(path), evidence.Command(text))
	return d.box.delayed(delay{From: "running container", To: "host", did: did}, time.Since(began), outcome(err, seen))
}

// delayed adds a delay to the report and to the evidence. A change that was
// not seen counts as late, even if the wait was cut short.
func (b *Box) delayed(d delay, took time.Duration, saw string) time.Duration {
	if saw != seen {
		took = max(took, readLimit)
	}
	d.Milliseconds = float64(took.Microseconds()) / 1000
	AddReportEntry("delay", d, ReportEntryVisibilityFailureOrVerbose)
	b.Did(evidence.Step{Did: d.did, Saw: fmt.Sprintf("change of the %s, in the %s: %s after %.3f ms", d.From, d.To, saw, d.Milliseconds)})
	return took
}
