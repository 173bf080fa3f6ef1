package run

import (
	"context"
	"time"
)

// Poll calls done at the interval until it returns true. It returns the
// context's error if the context ends first.
func Poll(ctx context.Context, interval time.Duration, done func() bool) error {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for !done() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Retry calls attempt every 20 ms until it returns true, for at most the limit.
func Retry(ctx context.Context, limit time.Duration, attempt func() bool) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	_ = Poll(ctx, 20*time.Millisecond, attempt) // the caller has what the last attempt came to
}
