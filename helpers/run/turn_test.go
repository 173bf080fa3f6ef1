package run

import (
	"context"
	"testing"
	"time"
)

func TestTurn(t *testing.T) {
	r := newRun(t)
	take := func(alone bool) (func(), error) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		return r.Turn(ctx, alone)
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
		t.Fatal("a process got a turn alone while others had theirs")
	}
	first()
	second()
	alone, err := take(true)
	if err != nil {
		t.Fatalf("no turn alone after all others had ended: %v", err)
	}
	if _, err := take(false); err == nil {
		t.Fatal("a process got a turn while another had one alone")
	}
	alone()
}
