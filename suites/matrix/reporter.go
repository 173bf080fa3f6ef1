package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// reporter prints whole lines, each with the name of a release.
type reporter struct {
	mutex sync.Mutex
	w     io.Writer
	width int
}

func newReporter(w io.Writer, names []string) *reporter {
	r := &reporter{w: w, width: len("matrix")}
	for _, name := range names {
		r.width = max(r.width, len(name))
	}
	return r
}

func (r *reporter) print(name, format string, args ...any) {
	if name == "" {
		name = "matrix"
	}
	text := strings.TrimRight(fmt.Sprintf(format, args...), "\n")
	text = strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", r.width+2))
	r.mutex.Lock()
	defer r.mutex.Unlock()
	fmt.Fprintf(r.w, "%-*s  %s\n", r.width, name, text)
}

// writer returns a writer for the lab's messages about a release.
func (r *reporter) writer(name string) io.Writer { return &lines{to: r, name: name} }

// lines passes on whole lines.
type lines struct {
	to   *reporter
	name string
	rest []byte
}

func (l *lines) Write(text []byte) (int, error) {
	l.rest = append(l.rest, text...)
	for {
		line, rest, whole := bytes.Cut(l.rest, []byte("\n"))
		if !whole {
			return len(text), nil
		}
		l.to.print(l.name, "%s", strings.TrimPrefix(string(line), "lab: "))
		l.rest = rest
	}
}

// failures returns the errors of the releases, except the interrupt itself.
func failures(results []outcome) error {
	var problems []error
	for _, r := range results {
		if r.err != nil && !errors.Is(r.err, context.Canceled) {
			problems = append(problems, fmt.Errorf("%s: %w", r.release, r.err))
		}
	}
	return errors.Join(problems...)
}

// conclude reports the outcomes. Its error names the failed releases.
func conclude(out *reporter, results []outcome, took time.Duration) error {
	var failed []string
	for _, r := range results {
		if r.err != nil {
			failed = append(failed, r.release)
		}
	}
	out.print("", "%d of %d releases as catalogued, in %.0f s", len(results)-len(failed), len(results), took.Seconds())
	if len(failed) > 0 {
		return errors.New("failed, for the reasons above: " + strings.Join(failed, ", "))
	}
	return nil
}
