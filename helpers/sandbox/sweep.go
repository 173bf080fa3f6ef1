package sandbox

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
	"sort"
	"strings"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
)

// runID is what newID makes: whatever else stands in a run label, or names a
// folder, is not ours to remove.
var runID = regexp.MustCompile(`^[0-9]{8}t[0-9]{6}-[0-9a-f]{6}-[0-9a-f]{8}$`)

// anonymous is how engines name a volume that nobody named.
var anonymous = regexp.MustCompile(`^[0-9a-f]{64}$`)

// inventory is what an engine has, by kind and name.
type inventory map[string]bool

type thing struct{ kind, name, id, run string }

func (t thing) String() string { return t.kind + " " + t.name }

// each visits all that an engine has.
func each(ctx context.Context, e *engine.Engine, visit func(thing)) error {
	containers, err := e.ListContainers(ctx)
	if err != nil {
		return err
	}
	for _, c := range containers {
		visit(thing{"container", c.Name, c.ID, c.Labels[RunLabel]})
	}
	volumes, err := e.ListVolumes(ctx)
	if err != nil {
		return err
	}
	for _, v := range volumes {
		visit(thing{"volume", v.Name, v.Name, v.Labels[RunLabel]})
	}
	networks, err := e.ListNetworks(ctx)
	if err != nil {
		return err
	}
	for _, n := range networks {
		visit(thing{"network", n.Name, n.ID, n.Labels[RunLabel]})
	}
	images, err := e.ListImages(ctx)
	if err != nil {
		return err
	}
	for _, i := range images {
		name := i.ID
		if len(i.Tags) > 0 {
			name = i.Tags[0]
		}
		visit(thing{"image", name, i.ID, i.Labels[RunLabel]})
	}
	return nil
}

// journals are the volumes that runs noted on an engine, by run.
type journals map[string][]string

func journalsOf(e *engine.Engine, ids ...string) journals {
	found := journals{}
	for _, id := range ids {
		found[id], _ = journal(id, e.Endpoint.Host)
	}
	return found
}

// owner is the run that a thing is of: the one that its label names or, of a
// volume without one, the one whose journal does. It is "" where it is not ours.
func (j journals) owner(t thing) string {
	if runID.MatchString(t.run) {
		return t.run
	}
	if t.kind != "volume" {
		return ""
	}
	for id, volumes := range j {
		if slices.Contains(volumes, t.name) && (anonymous.MatchString(t.name) || strings.HasPrefix(t.name, "holdfast-"+id+"-")) {
			return id
		}
	}
	return ""
}

// remove removes what is of a run: containers first, since they hold the rest.
func remove(ctx context.Context, e *engine.Engine, id string) error {
	if !runID.MatchString(id) {
		return fmt.Errorf("%q is no run of Holdfast: nothing removed", id)
	}
	var found []thing
	noted := journalsOf(e, id)
	err := each(ctx, e, func(t thing) {
		if noted.owner(t) == id {
			found = append(found, t)
		}
	})
	if err != nil {
		return err
	}
	var problems []error
	for _, t := range found {
		var err error
		// Two runs that begin at the same time remove the same dead one's things.
		whileBusy(ctx, pruning, func() (busy bool) {
			switch t.kind {
			case "container":
				err = e.RemoveContainer(ctx, t.id, true, true)
			case "volume":
				err = e.RemoveVolume(ctx, t.id, false)
			case "network":
				err = e.RemoveNetwork(ctx, t.id)
			}
			return engine.IsConflict(err)
		})
		if err != nil && !engine.IsNotFound(err) {
			problems = append(problems, err)
		}
	}
	return errors.Join(append(problems, removeImages(ctx, e, id))...)
}

// sweepDead removes what dead runs left on the engine and in the work folder,
// and returns what else the engine has.
func (r *Run) sweepDead(ctx context.Context, progress io.Writer) (inventory, error) {
	dead := map[string]int{}
	for _, id := range deadRuns() {
		dead[id] = 0
	}
	noted, others := journalsOf(r.engine, slices.Collect(maps.Keys(dead))...), inventory{}
	err := each(ctx, r.engine, func(t thing) {
		if id := noted.owner(t); id != "" && !alive(id) {
			dead[id]++
		} else {
			others[t.String()] = true
		}
	})
	if err != nil {
		return nil, err
	}
	var problems []error
	for id, count := range dead {
		if count > 0 {
			fmt.Fprintf(progress, "Removing %d leftovers of the dead run %s.\n", count, id)
			if err := remove(ctx, r.engine, id); err != nil {
				problems = append(problems, err)
				continue
			}
		}
		if _, elsewhere := journal(id, r.engine.Endpoint.Host); !elsewhere || age(id) > remembered {
			forget(id)
		}
	}
	return others, errors.Join(append(problems, r.sweepFolders(ctx))...)
}

func (r *Run) sweepFolders(ctx context.Context) error {
	base, err := workBase()
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(base)
	if err != nil {
		return nil // nothing was ever there
	}
	var problems []error
	for _, entry := range entries {
		if runID.MatchString(entry.Name()) && !alive(entry.Name()) {
			problems = append(problems, r.removeFolder(ctx, filepath.Join(base, entry.Name())))
		}
	}
	return errors.Join(problems...)
}

// removeFolder removes a folder of ours. What containers wrote may belong to
// root: where this user may not remove it, a container empties the folder.
func (r *Run) removeFolder(ctx context.Context, dir string) error {
	err := os.RemoveAll(dir)
	if err == nil || r.Probe == "" || !errors.Is(err, os.ErrPermission) {
		return err
	}
	emptied, failed := r.once(ctx, probe.Empty("/work"), engine.Mount{Type: "bind", Source: dir, Target: "/work"})
	if failed != nil || emptied.ExitCode != 0 {
		return errors.Join(err, failed)
	}
	return os.RemoveAll(dir)
}

// leftovers lists what this run left: on a shared engine what bears its label
// or stands in its journal, on a disposable one whatever was not there before.
func (r *Run) leftovers(ctx context.Context) ([]string, error) {
	left := map[string]bool{}
	noted := journalsOf(r.engine, r.ID)
	err := each(ctx, r.engine, func(t thing) {
		ours := noted.owner(t) == r.ID
		unknown := t.run == "" && t.kind != "image" && !r.before[t.String()]
		if ours || unknown && r.engine.Facts.Disposable {
			left[t.String()] = true
		}
	})
	if entries, failed := os.ReadDir(r.Work); failed == nil {
		for _, entry := range entries {
			left["folder "+filepath.Join(r.Work, entry.Name())] = true
		}
	}
	var names []string
	for name := range left {
		names = append(names, name)
	}
	sort.Strings(names)
	return names, err
}

// Sweep removes what dead runs left on an engine and on this machine.
func Sweep(ctx context.Context, e *engine.Engine, progress io.Writer) error {
	_, err := (&Run{engine: e}).sweepDead(ctx, progress)
	return err
}
