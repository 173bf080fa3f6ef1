package engine

import (
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// inNamespace runs do on a thread that has joined the network namespace at
// path. What do opens stays in that namespace.
func inNamespace(path string, do func() error) error {
	done := make(chan error, 1)
	go func() {
		// Never unlocked: the runtime ends a locked thread with its goroutine,
		// so no other goroutine ever runs in the foreign namespace.
		runtime.LockOSThread()
		namespace, err := os.Open(path)
		if err != nil {
			done <- fmt.Errorf("opening the engine's network namespace: %w", err)
			return
		}
		defer namespace.Close()
		if err := unix.Setns(int(namespace.Fd()), unix.CLONE_NEWNET); err != nil {
			done <- fmt.Errorf("joining the engine's network namespace %s: %w", path, err)
			return
		}
		done <- do()
	}()
	return <-done
}
