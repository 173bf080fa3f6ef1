package run

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/holdfast/holdfast/helpers/settings"
)

// abandoned is the age at which a run of another machine counts as dead, since
// its lease cannot be seen from here.
const abandoned = 12 * time.Hour

// lease marks a run as alive: each of its processes holds a shared lock on the
// same file, which the operating system releases however the process ends.
type lease struct {
	id   string
	lock *flock.Flock
}

func recordsDir() string { return filepath.Join(settings.CacheDir(), "runs") }

// record is the path of one of a run's record files.
func record(id, extension string) string { return filepath.Join(recordsDir(), id+extension) }

func acquire(id string) (*lease, error) {
	if err := os.MkdirAll(recordsDir(), 0o755); err != nil {
		return nil, fmt.Errorf("creating the directory for the records of live runs: %w; free some space, or set %s to another directory", err, settings.Cache.Name)
	}
	defer guardRecords()()
	l := &lease{id: id, lock: flock.New(record(id, ".lock"))}
	// Another run that checks whether this one is alive holds the lock for a moment.
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := l.lock.TryRLockContext(ctx, 10*time.Millisecond); err != nil {
		return nil, fmt.Errorf("recording this run in %s: %w; free some space, or set %s to another directory", recordsDir(), err, settings.Cache.Name)
	}
	return l, nil
}

// guardRecords returns a function that ends the guard. It keeps a sweep away from a lock
// file that exists and is not locked yet, which looks like that of a dead run.
func guardRecords() (end func()) {
	guard := flock.New(filepath.Join(recordsDir(), "guard"))
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := guard.TryLockContext(ctx, 10*time.Millisecond); err != nil {
		return func() {} // unguarded is rarely wrong, and better than no run
	}
	return func() { _ = guard.Unlock() }
}

// release gives up the lease. The last process of a run to do so removes the run's records.
func (l *lease) release() error {
	if l == nil {
		return nil
	}
	err := l.lock.Unlock()
	if !alive(l.id) {
		removeRecords(l.id)
	}
	return err
}

// alive reports whether any process of the run still holds its lease.
func alive(id string) bool {
	path := record(id, ".lock")
	if _, err := os.Stat(path); err != nil {
		return !strings.Contains(id, "-"+machine()+"-") && age(id) < abandoned
	}
	lock := flock.New(path)
	free, err := lock.TryLock()
	if free {
		_ = lock.Unlock()
	}
	return err != nil || !free
}

// age returns the time since a run began, from its ID.
func age(id string) time.Duration {
	began, _, _ := strings.Cut(id, "-")
	started, err := time.Parse("20060102t150405", began)
	if err != nil {
		return 0
	}
	return time.Since(started)
}

func removeRecords(id string) {
	for _, extension := range []string{".lock", ".journal", ".turn", ".done"} {
		_ = os.Remove(record(id, extension))
	}
	removeActivities(id)
}

// deadRuns lists the runs of this machine that are dead and left records.
func deadRuns() (ids []string) {
	entries, err := os.ReadDir(recordsDir())
	if err != nil {
		return nil
	}
	defer guardRecords()()
	for _, entry := range entries {
		if id, ok := strings.CutSuffix(entry.Name(), ".lock"); ok && !alive(id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// machine returns a short name of this machine, as part of run IDs.
func machine() string {
	name, err := os.Hostname()
	if err != nil {
		name = "unknown"
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte(name)))[:6]
}
