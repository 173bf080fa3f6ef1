package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/holdfast/holdfast/helpers/engine"
)

// runID matches what newID returns. Anything else in a run label, or as the
// name of a directory, is not ours to remove.
var runID = regexp.MustCompile(`^[0-9]{8}t[0-9]{6}-[0-9a-f]{6}-[0-9a-f]{8}$`)

// Sweep removes resources that dead runs left on an engine and on this machine.
func Sweep(ctx context.Context, e *engine.Engine, progress io.Writer) error {
	_, err := (&Run{engine: e}).sweepDead(ctx, progress)
	return err
}

// sweepDead is Sweep, and returns what else the engine has.
func (r *Run) sweepDead(ctx context.Context, progress io.Writer) (inventory, error) {
	dead := map[string]int{}
	for _, id := range deadRuns() {
		dead[id] = 0
	}
	recorded, others := readJournals(r.engine, slices.Collect(maps.Keys(dead))...), inventory{}
	all, err := listAll(ctx, r.engine)
	if err != nil {
		return nil, err
	}
	for _, found := range all {
		if id := recorded.owner(found); id != "" && !alive(id) {
			dead[id]++
		} else {
			others[found.String()] = true
		}
	}
	var problems []error
	for id, count := range dead {
		if count > 0 {
			fmt.Fprintf(progress, "Removing %d leftovers of the dead run %s.\n", count, id)
			if err := removeAll(ctx, r.engine, id); err != nil {
				problems = append(problems, err)
				continue
			}
		}
		if _, elsewhere := readJournal(id, r.engine.Endpoint.Host); !elsewhere || age(id) > journalKept {
			removeRecords(id)
		}
	}
	return others, errors.Join(append(problems, r.sweepWorkDirs(ctx))...)
}

func (r *Run) sweepWorkDirs(ctx context.Context) error {
	parent, err := workParent()
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(parent)
	if err != nil {
		return nil // no run has made it yet
	}
	var problems []error
	for _, entry := range entries {
		if runID.MatchString(entry.Name()) && !alive(entry.Name()) {
			problems = append(problems, r.RemoveDir(ctx, filepath.Join(parent, entry.Name())))
		}
	}
	return errors.Join(problems...)
}

// removeLimit bounds the wait for another run that removes the same resource.
const removeLimit = 20 * time.Second

// removeAll removes the resources of a run from the engine: containers first, since they hold the rest.
func removeAll(ctx context.Context, e *engine.Engine, id string) error {
	if !runID.MatchString(id) {
		return fmt.Errorf("%q is not a run ID of Holdfast: nothing was removed", id)
	}
	all, err := listAll(ctx, e)
	if err != nil {
		return err
	}
	recorded := readJournals(e, id)
	var problems []error
	for _, r := range all {
		if recorded.owner(r) != id {
			continue
		}
		var err error
		// Two runs that begin at the same time sweep the same dead run.
		Retry(ctx, removeLimit, func() (done bool) {
			switch r.kind {
			case "container":
				err = e.RemoveContainer(ctx, r.id, true, true)
			case "volume":
				err = e.RemoveVolume(ctx, r.id, false)
			case "network":
				err = e.RemoveNetwork(ctx, r.id)
			}
			return !engine.IsConflict(err)
		})
		if err != nil && !engine.IsNotFound(err) {
			problems = append(problems, err)
		}
	}
	return errors.Join(append(problems, removeImages(ctx, e, id))...)
}
