package lab

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"
	"time"
)

const logLines = 12

// service is a program that starts on command and whose starts and ends are
// reported to follow: an engine, or the virtual machine of one.
type service struct {
	log   string
	limit time.Duration              // of a start and of an end
	send  func(command string) error // "start" starts the program
	end   func(syscall.Signal) error // SIGTERM or SIGKILL
	ready func(context.Context) error
	gone  <-chan struct{} // closed when the program cannot start any more

	turn sync.Mutex // serialises starts and ends

	mutex    sync.Mutex
	running  bool
	starts   int
	respawn  bool          // set once it was ready: start it again if it ends by itself
	changed  chan struct{} // closed and replaced whenever running changes
	exitCode string        // of the last end
}

// follow records starts ("engine") and ends ("ended CODE") until events ends.
func (s *service) follow(events io.Reader) {
	for lines := bufio.NewScanner(events); lines.Scan(); {
		var code string
		if n, _ := fmt.Sscanf(lines.Text(), "ended %s", &code); n == 1 {
			s.record(false, code)
		} else if lines.Text() == "engine" {
			s.record(true, "")
		}
	}
}

func (s *service) record(running bool, code string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.running, s.exitCode = running, code
	if running {
		s.starts++
	}
	close(s.changed)
	s.changed = make(chan struct{})
	if !running && s.respawn {
		// Like a service manager, but only once: a program that does not start
		// again is the next caller's error, not a loop.
		s.respawn = false
		go func() { _ = s.start(context.Background()) }()
	}
}

func (s *service) setRespawn(on bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.respawn = on
}

// state returns whether the program runs, the number of its starts, and the exit
// code of its last end.
func (s *service) state() (running bool, starts int, code string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.running, s.starts, s.exitCode
}

// await waits until reached returns true. It calls reached with the mutex locked.
func (s *service) await(ctx context.Context, reached func() bool) error {
	for {
		s.mutex.Lock()
		done, changed := reached(), s.changed
		s.mutex.Unlock()
		if done {
			return nil
		}
		select {
		case <-changed:
		case <-s.gone:
			return errors.New("the machine's first process has ended")
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// start starts the program, unless it runs, and waits until it is ready.
func (s *service) start(ctx context.Context) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	if running, _, _ := s.state(); running {
		return nil
	}
	return s.failed(s.up(ctx))
}

func (s *service) up(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, s.limit, fmt.Errorf("no answer within %s", s.limit))
	defer cancel()
	if err := s.command(ctx, "start"); err != nil {
		return err
	}
	if err := s.ready(ctx); err != nil {
		return err
	}
	s.setRespawn(true)
	return nil
}

// command sends a command that starts the program, and waits for the start.
func (s *service) command(ctx context.Context, command string) error {
	_, before, _ := s.state()
	if err := s.send(command); err != nil {
		return err
	}
	return s.await(ctx, func() bool { return s.starts > before })
}

// replace ends the program with end and waits until a new one is ready.
func (s *service) replace(ctx context.Context, end func() error) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	s.setRespawn(false)
	err := s.stop(ctx, end)
	if err == nil {
		err = s.up(ctx)
	}
	return s.failed(err)
}

func (s *service) stop(ctx context.Context, end func() error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, s.limit, fmt.Errorf("it did not end within %s", s.limit))
	defer cancel()
	if err := end(); err != nil {
		return err
	}
	return s.await(ctx, func() bool { return !s.running })
}

func (s *service) failed(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w; last lines of its log:\n%s", err, lastLines(s.log, logLines))
}
