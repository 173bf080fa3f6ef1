package sandbox

import (
	"context"
	"testing"
	"time"

	"github.com/holdfast/holdfast/helpers/settings"
)

func TestTurn(t *testing.T) {
	t.Setenv(settings.Cache.Name, t.TempDir())
	run := &Run{ID: newID()}
	lease, err := acquire(run.ID)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lease.release() })
	take := func(alone bool) (func(), error) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		return run.Turn(ctx, alone)
	}

	first, err := take(false)
	if err != nil {
		t.Fatal(err)
	}
	second, err := take(false)
	if err != nil {
		t.Fatalf("turns are not shared: %v", err)
	}
	if _, err := take(true); err == nil {
		t.Fatal("a turn alone was given while others have theirs")
	}
	first()
	second()
	alone, err := take(true)
	if err != nil {
		t.Fatalf("a turn alone was not given when all others had ended: %v", err)
	}
	if _, err := take(false); err == nil {
		t.Fatal("a turn was given while another process wants to be alone")
	}
	alone()
}
