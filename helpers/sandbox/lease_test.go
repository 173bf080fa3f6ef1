package sandbox

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holdfast/holdfast/helpers/settings"
)

func lodge(t *testing.T) {
	t.Helper()
	t.Setenv(settings.Cache.Name, t.TempDir())
}

func TestIDsAreRecognised(t *testing.T) {
	if id := newID(); !runID.MatchString(id) || !strings.Contains(id, "-"+machine()+"-") || age(id) > time.Minute {
		t.Errorf("%s", id)
	}
	for _, foreign := range []string{"", "holdfast", "20261123t055312-5bce98", "../20261123t055312-5bce98-395febd1", "20261123t055312-5bce98-395febd1/x"} {
		if runID.MatchString(foreign) {
			t.Errorf("%q passes for a run of ours", foreign)
		}
	}
}

func TestARunLivesAsLongAsOneOfItsProcesses(t *testing.T) {
	lodge(t)
	id := newID()
	first, err := acquire(id)
	if err != nil {
		t.Fatal(err)
	}
	second, err := acquire(id)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.release(); err != nil || !alive(id) {
		t.Errorf("dead, though a process holds on: %v", err)
	}
	if dead := deadRuns(); len(dead) != 0 {
		t.Errorf("%v count as dead", dead)
	}
	if err := second.release(); err != nil || alive(id) {
		t.Errorf("alive, though nobody holds on: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(leaseDir(), "*")); len(left) != 0 {
		t.Errorf("%v are left", left)
	}
}

func TestADeadRunIsFoundByItsRecords(t *testing.T) {
	lodge(t)
	id := newID()
	l, err := acquire(id)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.note("unix:///here", strings.Repeat("a", 64)); err != nil {
		t.Fatal(err)
	}
	if err := l.note("unix:///there", strings.Repeat("b", 64)); err != nil {
		t.Fatal(err)
	}
	_ = l.lock.Unlock() // as the system does when the process is killed
	if !slices.Equal(deadRuns(), []string{id}) {
		t.Errorf("found %v", deadRuns())
	}
	if noted, elsewhere := journal(id, "unix:///here"); !slices.Equal(noted, []string{strings.Repeat("a", 64)}) || !elsewhere {
		t.Errorf("noted %v, elsewhere %t", noted, elsewhere)
	}
}

func TestForeignMachinesRunsAreLeftAloneUntilAbandoned(t *testing.T) {
	lodge(t)
	young := time.Now().UTC().Format("20060102t150405") + "-ffffff-00000000"
	old := time.Now().UTC().Add(-2*abandoned).Format("20060102t150405") + "-ffffff-00000000"
	if !alive(young) || alive(old) {
		t.Errorf("young %t, old %t", alive(young), alive(old))
	}
}

func TestAcquireSaysWhereItCannotWrite(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv(settings.Cache.Name, blocked)
	if _, err := acquire(newID()); err == nil || !strings.Contains(err.Error(), settings.Cache.Name) {
		t.Errorf("%v", err)
	}
}
