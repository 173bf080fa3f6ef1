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

// teller writes whole lines, each with the release that it is about.
type teller struct {
	mutex sync.Mutex
	w     io.Writer
	wide  int
}

func newTeller(w io.Writer, names []string) *teller {
	t := &teller{w: w, wide: len("matrix")}
	for _, name := range names {
		t.wide = max(t.wide, len(name))
	}
	return t
}

func (t *teller) say(about, format string, args ...any) {
	if about == "" {
		about = "matrix"
	}
	text := strings.TrimRight(fmt.Sprintf(format, args...), "\n")
	text = strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", t.wide+2))
	t.mutex.Lock()
	defer t.mutex.Unlock()
	fmt.Fprintf(t.w, "%-*s  %s\n", t.wide, about, text)
}

// writer takes what the lab tells of one release.
func (t *teller) writer(about string) io.Writer { return &lines{tell: t, about: about} }

// lines hands on whole lines.
type lines struct {
	tell  *teller
	about string
	rest  []byte
}

func (l *lines) Write(text []byte) (int, error) {
	l.rest = append(l.rest, text...)
	for {
		line, rest, whole := bytes.Cut(l.rest, []byte("\n"))
		if !whole {
			return len(text), nil
		}
		l.tell.say(l.about, "%s", strings.TrimPrefix(string(line), "lab: "))
		l.rest = rest
	}
}

// undone returns what went wrong when an interrupted run was taken down.
func undone(results []outcome) error {
	var problems []error
	for _, r := range results {
		if r.err != nil && !errors.Is(r.err, context.Canceled) {
			problems = append(problems, fmt.Errorf("%s: %w", r.release, r.err))
		}
	}
	return errors.Join(problems...)
}

// conclude tells how all came out. Its error names what failed.
func conclude(told *teller, results []outcome, took time.Duration) error {
	var failed []string
	for _, r := range results {
		if r.err != nil {
			failed = append(failed, r.release)
		}
	}
	told.say("", "%d of %d releases as catalogued, in %.0f s", len(results)-len(failed), len(results), took.Seconds())
	if len(failed) > 0 {
		return errors.New("not as catalogued, or broken: " + strings.Join(failed, ", ") + " (the reason stands above)")
	}
	return nil
}
