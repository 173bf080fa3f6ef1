package student

import "runtime"

// onLockedThread runs call on a thread that lives until release is called: the
// kernel sends the parent-death signal when the thread that started the child ends,
// not when the process does.
func onLockedThread(call func() error) (release func(), err error) {
	done, result := make(chan struct{}), make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		result <- call()
		<-done
	}()
	return func() { close(done) }, <-result
}
