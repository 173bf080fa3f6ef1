package sandbox

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/holdfast/holdfast/helpers/settings"
)

// abandoned is the age after which the run of another machine, whose lease
// cannot be seen from here, counts as dead.
const abandoned = 12 * time.Hour

// lease tells a living run from a dead one: each of a run's processes holds a
// shared lock on the same file, and the system lets go of it however the
// process ends. Beside it stands the run's journal.
type lease struct {
	id   string
	lock *flock.Flock
}

func leaseDir() string { return filepath.Join(settings.CacheDir(), "runs") }

func acquire(id string) (*lease, error) {
	if err := os.MkdirAll(leaseDir(), 0o755); err != nil {
		return nil, fmt.Errorf("making the folder for the records of live runs: %w; free some space, or point %s elsewhere", err, settings.Cache.Name)
	}
	l := &lease{id: id, lock: flock.New(filepath.Join(leaseDir(), id+".lock"))}
	// Another run that asks whether this one lives holds the lock for a moment.
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := l.lock.TryRLockContext(ctx, 10*time.Millisecond); err != nil {
		return nil, fmt.Errorf("recording this run in %s: %w; free some space, or point %s elsewhere", leaseDir(), err, settings.Cache.Name)
	}
	return l, nil
}

// release lets go of the lease. The last of a run's processes to do so removes its files.
func (l *lease) release() error {
	if l == nil {
		return nil
	}
	err := l.lock.Unlock()
	if !alive(l.id) {
		forget(l.id)
	}
	return err
}

// alive tells whether any process of the run still holds its lease.
func alive(id string) bool {
	path := filepath.Join(leaseDir(), id+".lock")
	if _, err := os.Stat(path); err != nil {
		if strings.Contains(id, "-"+machine()+"-") {
			return false
		}
		return age(id) < abandoned
	}
	lock := flock.New(path)
	free, err := lock.TryLock()
	if free {
		_ = lock.Unlock()
	}
	return err != nil || !free
}

// age is how long ago a run began, by its id.
func age(id string) time.Duration {
	began, _, _ := strings.Cut(id, "-")
	started, err := time.Parse("20060102t150405", began)
	if err != nil {
		return 0
	}
	return time.Since(started)
}

// remembered is how long the journal of a dead run on another engine is kept.
const remembered = 7 * 24 * time.Hour

// forget removes the records of a dead run.
func forget(id string) {
	for _, extension := range []string{".lock", ".journal", ".turn", ".over"} {
		_ = os.Remove(filepath.Join(leaseDir(), id+extension))
	}
}

// note adds the name of a volume that may come to bear no label of ours to the
// run's journal: a later run removes it should this one die.
func (l *lease) note(host, volume string) error {
	file, err := os.OpenFile(filepath.Join(leaseDir(), l.id+".journal"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(file, host, volume)
	return errors.Join(err, file.Close())
}

// journal reads the volumes that a run noted on the engine at host, and tells
// whether it noted others elsewhere.
func journal(id, host string) (volumes []string, elsewhere bool) {
	file, err := os.Open(filepath.Join(leaseDir(), id+".journal"))
	if err != nil {
		return nil, false
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if at, volume, ok := strings.Cut(lines.Text(), " "); ok && at == host {
			volumes = append(volumes, volume)
		} else {
			elsewhere = true
		}
	}
	return volumes, elsewhere
}

// deadRuns lists the runs of this machine that left records and live no more.
func deadRuns() (ids []string) {
	entries, err := os.ReadDir(leaseDir())
	if err != nil {
		return nil
	}
	for _, entry := range entries {
		if id, ok := strings.CutSuffix(entry.Name(), ".lock"); ok && !alive(id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// machine is a short name for this machine, as part of run ids.
func machine() string {
	name, err := os.Hostname()
	if err != nil {
		name = "unknown"
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte(name)))[:6]
}
