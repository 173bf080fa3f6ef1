package lab

import (
	"os"
	"runtime"
	"sync"

	"golang.org/x/sys/unix"
)

// keeper is an operating-system thread that lives as long as what it started:
// the kernel sends a parent-death signal when the thread that made the child
// ends, not when the process does.
type keeper struct {
	calls chan func()
	once  sync.Once
}

// newKeeper starts a thread. Where setup is given it runs there first, and may
// move the thread into other namespaces, as the thread never serves anything else.
func newKeeper(setup func() error) (*keeper, error) {
	k := &keeper{calls: make(chan func())}
	ready := make(chan error)
	go k.live(setup, ready)
	return k, <-ready
}

func (k *keeper) live(setup func() error, ready chan<- error) {
	runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
	if unix.Gettid() == os.Getpid() {
		// The main thread is the process's face in /proc: it must keep its
		// namespaces. Held here, it cannot be the next goroutine's.
		done := make(chan struct{})
		go func() { defer close(done); k.live(setup, ready) }()
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
	for call := range k.calls {
		call()
	}
}

// do runs call on the keeper's thread.
func (k *keeper) do(call func() error) error {
	result := make(chan error)
	k.calls <- func() { result <- call() }
	return <-result
}

// stop ends the thread, and with it what still depends on it.
func (k *keeper) stop() { k.once.Do(func() { close(k.calls) }) }

// inNetns runs call in a network namespace, on a thread of its own.
func inNetns(path string, call func() error) error {
	k, err := newKeeper(func() error { return joinNetns(path) })
	if err != nil {
		return err
	}
	defer k.stop()
	return k.do(call)
}

func joinNetns(path string) error {
	namespace, err := os.Open(path)
	if err != nil {
		return err
	}
	defer namespace.Close()
	return os.NewSyscallError("setns", unix.Setns(int(namespace.Fd()), unix.CLONE_NEWNET))
}
