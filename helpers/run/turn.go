package run

import (
	"context"
	"fmt"
	"time"

	"github.com/gofrs/flock"
)

// Turn gives one of the run's processes the right to do what the others would
// disturb. With alone set it waits until no other process has a turn, and
// makes them wait; otherwise turns are shared. The returned function ends the
// turn, as does the end of the process.
func (r *Run) Turn(ctx context.Context, alone bool) (done func(), err error) {
	lock := flock.New(record(r.ID, ".turn"))
	wait := lock.TryRLockContext
	if alone {
		wait = lock.TryLockContext
	}
	if _, err := wait(ctx, 20*time.Millisecond); err != nil {
		return nil, fmt.Errorf("waiting for the run's other processes (lock %s): %w; is one of them stuck?", lock.Path(), err)
	}
	return func() { _ = lock.Close() }, nil
}
