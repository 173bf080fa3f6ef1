package engine

import (
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// InNamespace calls do on a thread in the network namespace at path. The sockets
// that do opens stay in that namespace.
func InNamespace(path string, do func() error) error {
	done := make(chan error, 1)
	go func() {
		// Never unlocked: the runtime ends a locked thread with its goroutine, so
		// that no other goroutine runs in this namespace.
		runtime.LockOSThread()
		namespace, err := os.Open(path)
		if err != nil {
			done <- fmt.Errorf("opening the network namespace: %w", err)
			return
		}
		defer namespace.Close()
		if err := unix.Setns(int(namespace.Fd()), unix.CLONE_NEWNET); err != nil {
			done <- fmt.Errorf("joining the network namespace %s: %w", path, err)
			return
		}
		done <- do()
	}()
	return <-done
}
