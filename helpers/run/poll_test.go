package run

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestPollEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		calls := 0
		err := Poll(ctx, 300*time.Millisecond, func() bool { calls++; return false })
		if !errors.Is(err, context.DeadlineExceeded) || calls != 4 {
			t.Errorf("%v after %d calls", err, calls)
		}
		if err := Poll(ctx, time.Hour, func() bool { return true }); err != nil {
			t.Errorf("%v, though it was done at once", err)
		}
	})
}

func TestRetryIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, calls := time.Now(), 0
		Retry(t.Context(), time.Minute, func() bool { calls++; return calls == 3 })
		if calls != 3 || time.Since(began) != 40*time.Millisecond {
			t.Errorf("%d attempts in %s", calls, time.Since(began))
		}
		Retry(t.Context(), time.Minute, func() bool { return false })
		if waited := time.Since(began); waited > 61*time.Second {
			t.Errorf("retried for %s", waited)
		}
	})
}
