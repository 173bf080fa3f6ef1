package run

import (
	"context"
	"testing"
	"time"
)

func TestWorkersAreTwoForEachCoreOfTheEngine(t *testing.T) {
	for _, c := range []struct {
		name                                                string
		processes, ownCores, engineCores, perCore, expected int
	}{
		{"the same machine", 2, 2, 2, 2, 2},
		{"a small engine elsewhere, -p", 31, 32, 2, 2, 4},
		{"a smaller engine elsewhere, make", 8, 4, 2, 2, 4},
		{"the same machine, make", 4, 2, 2, 2, 4},
		{"a small engine elsewhere, --procs=8", 8, 32, 2, 2, 8},
		{"never only one", 4, 4, 1, 2, 2},
		{"more cores than this machine", 2, 2, 32, 2, 2},
		{"Podman on the same machine, make", 4, 2, 2, WorkersPerCore("podman"), 2},
		{"Docker on the same machine, make", 4, 2, 2, WorkersPerCore("docker"), 4},
		{"one process", 1, 1, 8, 2, 1},
		{"an engine that does not report its cores", 7, 8, 0, 2, 7},
		{"more processes than cores here", 8, 2, 2, 2, 8},
	} {
		if got := Workers(c.processes, c.ownCores, c.engineCores, c.perCore); got != c.expected {
			t.Errorf("%s: %d of %d processes, not %d", c.name, got, c.processes, c.expected)
		}
	}
}

func TestIdleWorkersAreSignalled(t *testing.T) {
	r, done := newRun(t), make(chan struct{})
	go func() { r.WaitIdle(t.Context()); close(done) }()
	if err := r.SignalDone(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("it still waits")
	}
	if err := r.lease.release(); err != nil {
		t.Fatal(err)
	}
	stopped, cancel := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, cancel)
	r.WaitIdle(stopped)
	if stopped.Err() == nil {
		t.Error("the signal outlived the run's last process")
	}
}

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
