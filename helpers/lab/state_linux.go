package lab

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"golang.org/x/sys/unix"

	"github.com/holdfast/holdfast/helpers/settings"
)

const (
	// socketLimit is the kernel's limit for the path of a UNIX socket, in bytes,
	// including the final zero.
	socketLimit = 108
	// removeLimit bounds the removal of a dead machine's files.
	removeLimit = 30 * time.Second
)

func runDir() (string, error)    { return cacheDir("run") }
func rootfsDir() (string, error) { return cacheDir("rootfs") }

func cacheDir(name string) (string, error) {
	base, err := filepath.Abs(settings.CacheDir())
	if err != nil {
		return "", err
	}
	dir := filepath.Join(base, "lab", name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("the lab cannot create its cache: %w; set %s to a writable directory",
			err, settings.Cache.Name)
	}
	return dir, nil
}

// state is the directory of one machine. The machine lives while its lock is held.
type state struct {
	id      string
	dir     string
	sockets string // the directory of the sockets; not below dir if that path is too long
	lock    *flock.Flock
}

// path returns a file of the state.
func (s *state) path(name string) string { return filepath.Join(s.dir, name) }

// newState creates a machine's directory and takes its lock. It does both under
// the lock of the parent, so that no sweep finds an unlocked directory.
func newState(ctx context.Context) (*state, error) {
	parent, err := runDir()
	if err != nil {
		return nil, err
	}
	all, err := lockRuns(ctx, parent)
	if err != nil {
		return nil, err
	}
	defer all.Unlock()
	s := &state{id: strings.ToLower(rand.Text()[:8])}
	s.dir = filepath.Join(parent, s.id)
	if err := os.Mkdir(s.dir, 0o700); err != nil {
		return nil, err
	}
	s.lock = flock.New(s.path("lock"))
	if _, err := s.lock.TryLock(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	if err := s.fill(); err != nil {
		return nil, errors.Join(err, s.remove(ctx))
	}
	return s, nil
}

func (s *state) fill() error {
	for _, dir := range []string{"up", "work", "root", "data", "sock"} {
		if err := os.Mkdir(s.path(dir), 0o755); err != nil {
			return err
		}
	}
	sockets, err := socketDir(s.path("sock"), os.TempDir(), s.id)
	if err != nil {
		return err
	}
	s.sockets = sockets
	// Recorded first, so that a sweep finds the directory.
	if err := os.WriteFile(s.path("sockets"), []byte(sockets), 0o600); err != nil {
		return err
	}
	return os.MkdirAll(sockets, 0o700)
}

// socketDir returns the directory for a machine's sockets: preferred, or one in
// short if the paths would exceed the kernel's limit.
func socketDir(preferred, short, id string) (string, error) {
	longest := len("/control.sock") + 1
	if len(preferred)+longest <= socketLimit {
		return preferred, nil
	}
	if dir := filepath.Join(short, "holdfast-lab-"+id); len(dir)+longest <= socketLimit {
		return dir, nil
	}
	return "", fmt.Errorf("no directory is short enough for the path of a UNIX socket (%d bytes): tried %s and %s; set TMPDIR or %s to a shorter path",
		socketLimit, preferred, short, settings.Cache.Name)
}

// checkUpper returns an error if the cache is on an overlay file system, which
// cannot hold another overlay's upper layer. The kernel's message is unclear.
func checkUpper() error {
	dir, err := runDir()
	if err != nil {
		return err
	}
	var stat unix.Statfs_t
	if err := unix.Statfs(dir, &stat); err != nil {
		return &fs.PathError{Op: "statfs", Path: dir, Err: err}
	}
	if stat.Type == unix.OVERLAYFS_SUPER_MAGIC {
		return fmt.Errorf("the lab's directory %s is on an overlay file system, which cannot hold an engine's data; set %s to a directory on a disk or a tmpfs",
			dir, settings.Cache.Name)
	}
	return nil
}

func lockRuns(ctx context.Context, parent string) (*flock.Flock, error) {
	ctx, cancel := context.WithTimeout(ctx, removeLimit)
	defer cancel()
	lock := flock.New(filepath.Join(parent, ".lock"))
	if _, err := lock.TryLockContext(ctx, 20*time.Millisecond); err != nil {
		return nil, fmt.Errorf("lock the lab's directory %s: %w", parent, err)
	}
	return lock, nil
}

// remove removes the machine's files and cgroups, the lock file last: a sweep can
// then continue an interrupted removal.
func (s *state) remove(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeLimit)
	defer cancel()
	problems := []error{removeCgroups(ctx, s.id)}
	sockets, err := os.ReadFile(s.path("sockets"))
	if err == nil && filepath.Base(string(sockets)) == "holdfast-lab-"+s.id {
		problems = append(problems, os.RemoveAll(string(sockets)))
	}
	// Containers that are being killed may still write to the data root.
	problems = append(problems, until(ctx, 50*time.Millisecond, func() error { return s.removeFiles() }))
	if s.lock != nil {
		problems = append(problems, s.lock.Close())
	}
	return errors.Join(problems...)
}

func (s *state) removeFiles() error {
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	problems := []error{err}
	for _, entry := range entries {
		if entry.Name() != "lock" {
			problems = append(problems, os.RemoveAll(s.path(entry.Name())))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	return os.RemoveAll(s.dir)
}

// Sweep removes files and cgroups of dead machines, whose locks are free. Their
// processes and mounts ended with the process that started them.
func Sweep(progress io.Writer) error {
	if progress == nil {
		progress = io.Discard
	}
	return sweep(context.Background(), progress)
}

func sweep(ctx context.Context, progress io.Writer) error {
	parent, err := runDir()
	if err != nil {
		return err
	}
	dead, err := deadStates(ctx, parent)
	problems := []error{err}
	for _, s := range dead {
		fmt.Fprintf(progress, "lab: removing leftovers of dead machine %s\n", s.id)
		problems = append(problems, s.remove(ctx))
	}
	problems = append(problems, sweepCgroups(ctx, parent), sweepBuilds(progress))
	return errors.Join(problems...)
}

func sweepCgroups(ctx context.Context, parent string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	var problems []error
	for _, id := range orphanedCgroups() {
		if _, err := os.Stat(filepath.Join(parent, id)); errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, removeCgroups(ctx, id))
		}
	}
	return errors.Join(problems...)
}

// deadStates locks and returns the directories whose locks are free.
func deadStates(ctx context.Context, parent string) ([]*state, error) {
	all, err := lockRuns(ctx, parent)
	if err != nil {
		return nil, err
	}
	defer all.Unlock()
	entries, err := os.ReadDir(parent)
	if err != nil {
		return nil, err
	}
	var dead []*state
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		s := &state{id: entry.Name(), dir: filepath.Join(parent, entry.Name())}
		s.lock = flock.New(s.path("lock"))
		if free, err := s.lock.TryLock(); err == nil && free {
			dead = append(dead, s)
		}
	}
	return dead, nil
}
