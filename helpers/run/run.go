// Package run holds what one run of a suite is: its identity, the records that
// tell a live run from a dead one, its work directory, its setups, the health
// monitor, and the removal of everything that it made. Ginkgo's processes
// share one run; package sandbox builds on it for the single spec.
package run

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/settings"
)

// Labels that every resource of a run carries.
const (
	Label     = "holdfast.run"
	SpecLabel = "holdfast.spec"
)

// Run is one run of a suite against one engine. Each process of the run has its own value.
type Run struct {
	ID      string
	Probe   string // reference of the probe image
	WorkDir string // parent directory of the run's bind-mount sources
	Facts   engine.Facts
	// FileOwner is the user ID that files on this machine must have: that of a
	// rootless engine's user where root runs the suite, else 0.
	FileOwner int

	engine *engine.Engine
	lease  *lease
	health *healthMonitor
	skew   *time.Duration // how far the engine's clock was ahead at the start; nil if it reports no time
	roomy  time.Time      // when the engine's disk last had room
	before inventory
	setups map[string]json.RawMessage // results by key
	specs  int                        // IDs given to specs in this process
}

// Begin starts a run in the suite's first process: it removes what dead runs
// left, records what the engine has, loads the probe image, asks for the
// remaining facts and does the setups. It writes its progress as lines.
func Begin(ctx context.Context, e *engine.Engine, progress io.Writer, setups ...Setup) (*Run, error) {
	r := &Run{ID: newID(), engine: e, skew: e.Ahead}
	var err error
	if r.before, err = r.sweepDead(ctx, progress); err != nil {
		return nil, err
	}
	if r.lease, err = acquire(r.ID); err != nil {
		return nil, err
	}
	if r.WorkDir, err = makeWorkDir(r.ID); err != nil {
		return nil, errors.Join(err, r.lease.release())
	}
	if r.Probe, err = probe.Ensure(ctx, e); err == nil {
		err = r.askProbe(ctx)
	}
	if err == nil {
		r.setups, err = r.setUp(ctx, setups, progress)
	}
	if err != nil {
		return nil, errors.Join(err, r.discard())
	}
	r.Facts = e.Facts
	r.health = monitorHealth(ctx, e)
	return r, nil
}

type contextKey struct{}

// WithRun returns a context that carries the run. A suite puts it around each
// Ginkgo node.
func WithRun(ctx context.Context, r *Run) context.Context {
	return context.WithValue(ctx, contextKey{}, r)
}

// From returns the run that WithRun put into the context, or nil.
func From(ctx context.Context) *Run {
	r, _ := ctx.Value(contextKey{}).(*Run)
	return r
}

// newID names a run: start time, machine, and a random part.
func newID() string {
	var random [4]byte
	rand.Read(random[:])
	return fmt.Sprintf("%s-%s-%s", time.Now().UTC().Format("20060102t150405"), machine(), hex.EncodeToString(random[:]))
}

// Engine returns the engine under test.
func (r *Run) Engine() *engine.Engine { return r.engine }

// NewSpecID returns a value for SpecLabel that is unique in the run. process
// is the number of the calling Ginkgo process.
func (r *Run) NewSpecID(process int) string {
	r.specs++
	return fmt.Sprintf("%s.%d.%d", r.ID, process, r.specs)
}

// Leave ends this process's part in the run.
func (r *Run) Leave() error {
	r.health.stop()
	return errors.Join(r.lease.release(), r.engine.Close())
}

// End ends the run in the first process, after the others have left. It
// removes what the run left behind on the engine and on this machine, and
// returns the names of those leftovers.
func (r *Run) End(ctx context.Context) ([]string, error) {
	r.health.stop()
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
	err := removeAll(ctx, r.engine, r.ID)
	if r.WorkDir != "" {
		err = errors.Join(err, r.RemoveDir(ctx, r.WorkDir))
	}
	if err != nil {
		// Not everything is gone: the records tell a later run what to remove.
		return errors.Join(err, r.lease.lock.Unlock())
	}
	return r.lease.release()
}
