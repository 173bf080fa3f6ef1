package student

import "runtime"

// onKeptThread runs call on a thread that stays until release is called: the
// kernel sends a parent-death signal when the thread that made the child ends,
// not when the process does.
func onKeptThread(call func() error) (release func(), err error) {
	done, result := make(chan struct{}), make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		result <- call()
		<-done
	}()
	return func() { close(done) }, <-result
}
