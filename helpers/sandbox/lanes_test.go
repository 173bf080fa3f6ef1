package sandbox

import (
	"context"
	"testing"
	"time"

	"github.com/holdfast/holdfast/helpers/settings"
)

func TestLanesAreTwoForEachOfTheEnginesCores(t *testing.T) {
	for _, c := range []struct {
		name                                                string
		processes, ownCores, engineCores, perCore, expected int
	}{
		{"the same machine", 2, 2, 2, 2, 2},
		{"a small engine elsewhere, -p", 31, 32, 2, 2, 4},
		{"a smaller engine elsewhere, make", 8, 4, 2, 2, 4},
		{"the same machine, make", 4, 2, 2, 2, 4},
		{"a small engine elsewhere, --procs=8", 8, 32, 2, 2, 8},
		{"never one alone", 4, 4, 1, 2, 2},
		{"more cores than this machine", 2, 2, 32, 2, 2},
		{"Podman on the same machine, make", 4, 2, 2, PerCore("podman"), 2},
		{"Docker on the same machine, make", 4, 2, 2, PerCore("docker"), 4},
		{"one process", 1, 1, 8, 2, 1},
		{"an engine that does not tell", 7, 8, 0, 2, 7},
		{"more processes than cores here", 8, 2, 2, 2, 8},
	} {
		if got := Lanes(c.processes, c.ownCores, c.engineCores, c.perCore); got != c.expected {
			t.Errorf("%s: %d of %d processes, not %d", c.name, got, c.processes, c.expected)
		}
	}
}

func TestWhoSitsOutIsToldThatItIsOver(t *testing.T) {
	t.Setenv(settings.Cache.Name, t.TempDir())
	lease, err := acquire("run")
	if err != nil {
		t.Fatal(err)
	}
	run, told := &Run{ID: "run", lease: lease}, make(chan struct{})
	go func() { run.SitOut(t.Context()); close(told) }()
	if err := run.TellOver(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-told:
	case <-time.After(10 * time.Second):
		t.Fatal("it still sits")
	}
	if err := lease.release(); err != nil {
		t.Fatal(err)
	}
	stopped, cancel := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, cancel)
	run.SitOut(stopped)
	if stopped.Err() == nil {
		t.Error("what the last process left tells the next run that it is over")
	}
}
