package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fake returns a service whose program starts and ends at once, and counts its starts.
func fake(t *testing.T) (s *service, report func(line string)) {
	read, write := io.Pipe()
	report = func(line string) { fmt.Fprintln(write, line) }
	s = &service{
		log: filepath.Join(t.TempDir(), "log"), limit: time.Second, gone: make(chan struct{}), changed: make(chan struct{}),
		send:  func(string) error { go report("engine"); return nil },
		end:   func(s syscall.Signal) error { go report(fmt.Sprintf("ended %d", 128+int(s))); return nil },
		ready: func(context.Context) error { return nil },
	}
	go s.follow(read)
	t.Cleanup(func() { write.Close() })
	return s, report
}

func TestServiceIsReplaced(t *testing.T) {
	s, _ := fake(t)
	if err := s.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.replace(t.Context(), func() error { return s.end(syscall.SIGKILL) }); err != nil {
		t.Fatal(err)
	}
	if running, starts, _ := s.state(); !running || starts != 2 {
		t.Errorf("running %t after %d starts, want true after 2", running, starts)
	}
}

func TestServiceIsStartedAgainWhenItEnds(t *testing.T) {
	s, report := fake(t)
	if err := s.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	report("ended 1")
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := s.await(ctx, func() bool { return s.running && s.starts == 2 }); err != nil {
		t.Fatal(err)
	}
}

func TestServiceThatIsNeverReadyIsNotStartedAgain(t *testing.T) {
	s, report := fake(t)
	s.ready = func(context.Context) error { return errors.New("deaf") }
	if err := s.start(t.Context()); err == nil || !strings.Contains(err.Error(), "deaf") {
		t.Fatalf("start returned %v", err)
	}
	report("ended 1")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 200*time.Millisecond, errors.New("none"))
	defer cancel()
	if err := s.await(ctx, func() bool { return s.starts == 2 }); err == nil {
		t.Error("it was started again")
	}
}

func TestServiceThatDoesNotEndIsAnError(t *testing.T) {
	s, _ := fake(t)
	s.limit = 50 * time.Millisecond
	if err := s.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.replace(t.Context(), func() error { return nil }); err == nil || !strings.Contains(err.Error(), "did not end within 50ms") {
		t.Fatalf("replace returned %v", err)
	}
}
