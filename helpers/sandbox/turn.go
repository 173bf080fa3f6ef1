package sandbox

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// Turn lets one of the run's processes do alone what the others would disturb:
// alone waits until none of them has a turn, and keeps theirs back; otherwise
// turns are shared. It returns what ends the turn, as the end of the process does.
func (r *Run) Turn(ctx context.Context, alone bool) (done func(), err error) {
	lock := flock.New(filepath.Join(leaseDir(), r.ID+".turn"))
	wait := lock.TryRLockContext
	if alone {
		wait = lock.TryLockContext
	}
	if _, err := wait(ctx, 20*time.Millisecond); err != nil {
		return nil, fmt.Errorf("waiting for the run's other processes (lock %s): %w; is one of them stuck?", lock.Path(), err)
	}
	return func() { _ = lock.Close() }, nil // the end of the process ends it, too
}
