package images

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// progress writes lines for people and limits how often a repeated line appears.
type progress struct {
	mu   sync.Mutex
	out  io.Writer
	last time.Time
}

// every is the interval at which a repeated line is shown, short enough to show
// progress and long enough for a CI log.
const every = 2 * time.Second

func newProgress(out io.Writer) *progress {
	if out == nil {
		out = io.Discard
	}
	return &progress{out: out}
}

// line writes a line.
func (p *progress) line(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = time.Now()
	fmt.Fprintf(p.out, "images: "+format+"\n", args...)
}

// tick writes a line if none was written for a while.
func (p *progress) tick(format string, args ...any) {
	p.mu.Lock()
	quiet := time.Since(p.last) >= every
	p.mu.Unlock()
	if quiet {
		p.line(format, args...)
	}
}
