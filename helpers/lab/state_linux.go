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
	// socketLimit is the kernel's for the path of a UNIX socket, with its final zero.
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
		return "", fmt.Errorf("the lab cannot make its folder: %w; set %s to a folder that can be written to",
			err, settings.Cache.Name)
	}
	return dir, nil
}

// state is the folder of one machine, alive as long as its lock is held.
type state struct {
	id      string
	dir     string
	sockets string // the folder of the sockets; elsewhere where dir is too long
	lock    *flock.Flock
}

// path returns a file of the state.
func (s *state) path(name string) string { return filepath.Join(s.dir, name) }

// newState makes a machine's folder. The folder and its lock come to be under
// the lock of the whole run folder, so no sweep can find the one without the other.
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
	// Written first: a folder that nobody recorded would never be swept.
	if err := os.WriteFile(s.path("sockets"), []byte(sockets), 0o600); err != nil {
		return err
	}
	return os.MkdirAll(sockets, 0o700)
}

// socketDir returns the folder for a machine's sockets: the preferred one, or
// a short one where the kernel would refuse the preferred one's paths.
func socketDir(preferred, short, id string) (string, error) {
	longest := len("/control.sock") + 1
	if len(preferred)+longest <= socketLimit {
		return preferred, nil
	}
	if dir := filepath.Join(short, "holdfast-lab-"+id); len(dir)+longest <= socketLimit {
		return dir, nil
	}
	return "", fmt.Errorf("no folder is short enough for a UNIX socket (%d bytes): tried %s and %s; set TMPDIR or %s to a shorter one",
		socketLimit, preferred, short, settings.Cache.Name)
}

// upperFits refuses a cache on an overlay file system: no overlay can have its
// upper layer there, and the kernel's own message would not tell.
func upperFits() error {
	dir, err := runDir()
	if err != nil {
		return err
	}
	var stat unix.Statfs_t
	if err := unix.Statfs(dir, &stat); err != nil {
		return &fs.PathError{Op: "statfs", Path: dir, Err: err}
	}
	if stat.Type == unix.OVERLAYFS_SUPER_MAGIC {
		return fmt.Errorf("the lab's folder %s is on an overlay file system, where no engine can keep its data; set %s to a folder on a disk or a tmpfs",
			dir, settings.Cache.Name)
	}
	return nil
}

func lockRuns(ctx context.Context, parent string) (*flock.Flock, error) {
	ctx, cancel := context.WithTimeout(ctx, removeLimit)
	defer cancel()
	lock := flock.New(filepath.Join(parent, ".lock"))
	if _, err := lock.TryLockContext(ctx, 20*time.Millisecond); err != nil {
		return nil, fmt.Errorf("lock the lab's folder %s: %w", parent, err)
	}
	return lock, nil
}

// remove removes the machine's files and cgroups, the lock last: what a cut-off
// removal leaves can be swept.
func (s *state) remove(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeLimit)
	defer cancel()
	problems := []error{removeCgroups(ctx, s.id)}
	sockets, err := os.ReadFile(s.path("sockets"))
	if err == nil && filepath.Base(string(sockets)) == "holdfast-lab-"+s.id {
		problems = append(problems, os.RemoveAll(string(sockets)))
	}
	// A container that is just being killed may still write into the data root.
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

// Sweep removes what dead machines left: files and cgroups. A machine is dead
// when nobody holds its lock; its processes and mounts ended with its supervisor.
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
		fmt.Fprintf(progress, "lab: removing what the dead machine %s left\n", s.id)
		problems = append(problems, s.remove(ctx))
	}
	problems = append(problems, sweepStrays(ctx, parent), sweepBuilds(progress))
	return errors.Join(problems...)
}

func sweepStrays(ctx context.Context, parent string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	var problems []error
	for _, id := range strayCgroups() {
		if _, err := os.Stat(filepath.Join(parent, id)); errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, removeCgroups(ctx, id))
		}
	}
	return errors.Join(problems...)
}

// deadStates returns the folders that nobody holds, and holds them.
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
