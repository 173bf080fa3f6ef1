package lab

import (
	"os"
	"runtime"
	"sync"

	"golang.org/x/sys/unix"
)

// supervisor is an operating-system thread that starts processes and outlives
// them: the kernel sends the parent-death signal when the thread that created
// the child ends, not when its process does.
type supervisor struct {
	calls chan func()
	once  sync.Once
}

// newSupervisor starts a thread. setup, unless nil, runs on it first and may
// move it to other namespaces: no other goroutine ever runs on this thread.
func newSupervisor(setup func() error) (*supervisor, error) {
	s := &supervisor{calls: make(chan func())}
	ready := make(chan error)
	go s.run(setup, ready)
	return s, <-ready
}

func (s *supervisor) run(setup func() error, ready chan<- error) {
	runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
	if unix.Gettid() == os.Getpid() {
		// /proc/PID shows the main thread's namespaces: it must keep them.
		// While it waits here, the next goroutine gets another thread.
		done := make(chan struct{})
		go func() { defer close(done); s.run(setup, ready) }()
		<-done
		runtime.UnlockOSThread()
		return
	}
	if setup != nil {
		if err := setup(); err != nil {
			ready <- err
			return
		}
	}
	ready <- nil
	for call := range s.calls {
		call()
	}
}

// do runs call on the thread.
func (s *supervisor) do(call func() error) error {
	result := make(chan error)
	s.calls <- func() { result <- call() }
	return <-result
}

// stop ends the thread and the processes that it started with Pdeathsig.
func (s *supervisor) stop() { s.once.Do(func() { close(s.calls) }) }

// inNetns runs call in a network namespace.
func inNetns(path string, call func() error) error {
	thread, err := newSupervisor(func() error { return joinNetns(path) })
	if err != nil {
		return err
	}
	defer thread.stop()
	return thread.do(call)
}

func joinNetns(path string) error {
	namespace, err := os.Open(path)
	if err != nil {
		return err
	}
	defer namespace.Close()
	return os.NewSyscallError("setns", unix.Setns(int(namespace.Fd()), unix.CLONE_NEWNET))
}
