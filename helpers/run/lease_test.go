package run

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/settings"
)

// newRun returns a run with a lease and records of its own, on no engine.
func newRun(t *testing.T) *Run {
	t.Helper()
	t.Setenv(settings.Cache.Name, t.TempDir())
	r := &Run{ID: newID(), engine: &engine.Engine{Endpoint: engine.Endpoint{Host: "unix:///here"}}}
	var err error
	if r.lease, err = acquire(r.ID); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.lease.release() })
	return r
}

func TestIDsAreRecognised(t *testing.T) {
	if id := newID(); !runID.MatchString(id) || !strings.Contains(id, "-"+machine()+"-") || age(id) > time.Minute {
		t.Errorf("%s", id)
	}
	for _, foreign := range []string{"", "holdfast", "20261123t055312-5bce98", "../20261123t055312-5bce98-395febd1", "20261123t055312-5bce98-395febd1/x"} {
		if runID.MatchString(foreign) {
			t.Errorf("%q passes for one of our runs", foreign)
		}
	}
}

func TestSpecIDsAreUnique(t *testing.T) {
	r := &Run{ID: "run"}
	if one, two, other := r.NewSpecID(1), r.NewSpecID(1), r.NewSpecID(2); one != "run.1.1" || two != "run.1.2" || other != "run.2.3" {
		t.Errorf("%s, %s, %s", one, two, other)
	}
}

func TestARunIsAliveAsLongAsOneOfItsProcesses(t *testing.T) {
	r := newRun(t)
	second, err := acquire(r.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.lease.release(); err != nil || !alive(r.ID) {
		t.Errorf("dead, though a process holds the lease: %v", err)
	}
	if dead := deadRuns(); len(dead) != 0 {
		t.Errorf("%v count as dead", dead)
	}
	if err := second.release(); err != nil || alive(r.ID) {
		t.Errorf("alive, though no process holds the lease: %v", err)
	}
	if left, _ := filepath.Glob(record(r.ID, "*")); len(left) != 0 {
		t.Errorf("records left: %v", left)
	}
}

func TestADeadRunIsFoundByItsRecords(t *testing.T) {
	r := newRun(t)
	here, there := strings.Repeat("a", 64), strings.Repeat("b", 64)
	if err := r.Record(here); err != nil {
		t.Fatal(err)
	}
	r.engine.Endpoint.Host = "unix:///there"
	if err := r.Record(there); err != nil {
		t.Fatal(err)
	}
	_ = r.lease.lock.Unlock() // as the system does when the process is killed
	if !slices.Equal(deadRuns(), []string{r.ID}) {
		t.Errorf("found %v", deadRuns())
	}
	if recorded, elsewhere := readJournal(r.ID, "unix:///here"); !slices.Equal(recorded, []string{here}) || !elsewhere {
		t.Errorf("recorded %v, elsewhere %t", recorded, elsewhere)
	}
	if found := readJournals(r.engine, r.ID); !slices.Equal(found[r.ID], []string{there}) {
		t.Errorf("journals of the other engine: %v", found)
	}
}

func TestRunsOfOtherMachinesAreLeftAloneUntilAbandoned(t *testing.T) {
	t.Setenv(settings.Cache.Name, t.TempDir())
	young := time.Now().UTC().Format("20060102t150405") + "-ffffff-00000000"
	old := time.Now().UTC().Add(-2*abandoned).Format("20060102t150405") + "-ffffff-00000000"
	if !alive(young) || alive(old) {
		t.Errorf("young %t, old %t", alive(young), alive(old))
	}
}

func TestAnUnusableCacheIsNamed(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv(settings.Cache.Name, blocked)
	if _, err := acquire(newID()); err == nil || !strings.Contains(err.Error(), settings.Cache.Name) {
		t.Errorf("%v", err)
	}
}

// A sweep between the creation of a lock file and its lock would take the run for dead.
func TestARunThatBeginsIsNotDead(t *testing.T) {
	t.Setenv(settings.Cache.Name, t.TempDir())
	stop, swept := make(chan struct{}), make(chan []string)
	go func() {
		var dead []string
		for {
			select {
			case <-stop:
				swept <- dead
				return
			default:
				dead = append(dead, deadRuns()...)
			}
		}
	}()
	var leases []*lease
	for range 200 {
		l, err := acquire(newID())
		if err != nil {
			t.Fatal(err)
		}
		leases = append(leases, l)
	}
	close(stop)
	dead := <-swept
	for _, l := range leases {
		if slices.Contains(dead, l.id) {
			t.Errorf("%s counted as dead while it began", l.id)
		}
		_ = l.release()
	}
}
