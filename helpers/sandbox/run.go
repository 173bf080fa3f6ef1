package sandbox

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/settings"
)

// Labels that every resource of a run carries.
const (
	RunLabel  = "holdfast.run"
	SpecLabel = "holdfast.spec"
)

// Run is one run of a suite against one engine, shared by its processes.
type Run struct {
	ID      string
	Started time.Time
	Probe   string // reference of the probe image
	Work    string // folder for bind sources, this run's own
	Facts   engine.Facts
	// User is whose the files of this machine are to be: the user who runs a
	// rootless engine, where that is not the one who runs this; else 0.
	User int

	engine *engine.Engine
	lease  *lease
	vigil  *vigil
	before inventory
	// prepared is what the preparations came to, by key.
	prepared map[string]json.RawMessage
}

// current is the run that this process takes part in. Ginkgo runs one spec at
// a time in a process; the suite sets it once, before the first.
var current *Run

// Begin starts a run in the suite's first process: what dead runs left is
// removed, the engine's things are noted, the probe image is loaded, and the
// remaining facts are asked. Its progress is written as lines.
func Begin(ctx context.Context, e *engine.Engine, progress io.Writer) (*Run, error) {
	run := &Run{ID: newID(), Started: time.Now(), engine: e, prepared: map[string]json.RawMessage{}}
	var err error
	if run.before, err = run.sweepDead(ctx, progress); err != nil {
		return nil, err
	}
	if run.lease, err = acquire(run.ID); err != nil {
		return nil, err
	}
	if run.Work, err = workFolder(run.ID); err != nil {
		return nil, errors.Join(err, run.lease.release())
	}
	if run.Probe, err = probe.Ensure(ctx, e); err == nil {
		err = run.askProbe(ctx)
	}
	if err == nil {
		err = run.prepare(ctx, progress)
	}
	if err != nil {
		return nil, errors.Join(err, run.discard())
	}
	run.Facts = e.Facts
	run.watch(ctx, e.Ahead)
	current = run
	return run, nil
}

// newID names a run: when, on which machine, and a random part.
func newID() string {
	var random [4]byte
	rand.Read(random[:])
	return fmt.Sprintf("%s-%s-%s", time.Now().UTC().Format("20060102t150405"), machine(), hex.EncodeToString(random[:]))
}

// workBase is the folder of all runs' work folders.
func workBase() (string, error) {
	if base := settings.Work.Get(); base != "" {
		return AtRoot(base)
	}
	root, err := moduleRoot()
	return filepath.Join(root, "reports", "out", "work"), err
}

func workFolder(id string) (string, error) {
	base, err := workBase()
	if err != nil {
		return "", err
	}
	dir, err := filepath.Abs(filepath.Join(base, id))
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("making the work folder for bind mounts: %w; free some space, or point %s elsewhere", err, settings.Work.Name)
	}
	return dir, nil
}

// moduleRoot is the folder of go.mod above the current one: a suite runs in its own folder.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return dir, nil
		}
	}
}

// shared is what the first process tells the others.
type shared struct {
	ID, Probe, Work string
	User            int
	Started         time.Time
	Facts           engine.Facts
	Skew            *time.Duration
	Environment     map[string]string
	Prepared        map[string]json.RawMessage
}

// Share packs the run for the suite's other processes, with the environment
// variables that the first process may have set for them.
func (r *Run) Share(environment ...string) []byte {
	s := shared{ID: r.ID, Probe: r.Probe, Work: r.Work, User: r.User, Started: r.Started, Facts: r.Facts, Skew: r.vigil.skew, Prepared: r.prepared, Environment: map[string]string{}}
	for _, name := range environment {
		if value, set := os.LookupEnv(name); set {
			s.Environment[name] = value
		}
	}
	data, err := json.Marshal(s)
	if err != nil {
		panic(err) // plain data only
	}
	return data
}

// Join makes this process take part in the run that Share packed.
func Join(ctx context.Context, data []byte) (*Run, error) {
	if current != nil {
		return current, nil
	}
	var s shared
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("reading what the first process shares: %w", err)
	}
	for name, value := range s.Environment {
		if err := os.Setenv(name, value); err != nil {
			return nil, err
		}
	}
	e, err := engine.Reconnect(ctx, s.Facts)
	if err != nil {
		return nil, err
	}
	lease, err := acquire(s.ID)
	if err != nil {
		return nil, err
	}
	run := &Run{ID: s.ID, Probe: s.Probe, Work: s.Work, User: s.User, Started: s.Started, Facts: s.Facts, engine: e, lease: lease, prepared: s.Prepared}
	run.watch(ctx, s.Skew)
	current = run
	return current, nil
}

// Current is the run that this process takes part in, nil outside one.
func Current() *Run { return current }

// Engine is the engine under test.
func (r *Run) Engine() *engine.Engine { return r.engine }

// Leave ends this process's part in the run.
func (r *Run) Leave() error {
	r.vigil.end()
	return errors.Join(r.lease.release(), r.engine.Close())
}

// End ends the run in the first process, after the others have left. It
// returns what the run left behind on the engine and on this machine, having
// removed it.
func (r *Run) End(ctx context.Context) ([]string, error) {
	r.vigil.end()
	if settings.Keep.On() {
		return nil, r.lease.release()
	}
	err := removeImages(ctx, r.engine, r.ID)
	leftovers, failed := r.leftovers(ctx)
	return leftovers, errors.Join(err, failed, r.discard())
}

// discard removes everything of this run, whatever its state.
func (r *Run) discard() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	err := remove(ctx, r.engine, r.ID)
	if r.Work != "" {
		err = errors.Join(err, r.removeFolder(ctx, r.Work))
	}
	if err != nil {
		// Not everything is gone: the records tell a later run what to remove.
		return errors.Join(err, r.lease.lock.Unlock())
	}
	return r.lease.release()
}
