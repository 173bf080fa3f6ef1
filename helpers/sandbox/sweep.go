package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
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

func take(ctx context.Context, e *engine.Engine) (inventory, error) {
	found := inventory{}
	err := each(ctx, e, "", func(thing thing) { found[thing.String()] = true })
	return found, err
}

type thing struct{ kind, name, id, run string }

func (t thing) String() string { return t.kind + " " + t.name }

// each visits the containers, volumes and networks that bear a label; all of
// them where the label is empty.
func each(ctx context.Context, e *engine.Engine, label string, visit func(thing)) error {
	var labels []string
	if label != "" {
		labels = []string{label}
	}
	containers, err := e.ListContainers(ctx, labels...)
	if err != nil {
		return err
	}
	for _, c := range containers {
		visit(thing{"container", c.Name, c.ID, c.Labels[RunLabel]})
	}
	volumes, err := e.ListVolumes(ctx, labels...)
	if err != nil {
		return err
	}
	for _, v := range volumes {
		visit(thing{"volume", v.Name, v.Name, v.Labels[RunLabel]})
	}
	networks, err := e.ListNetworks(ctx, labels...)
	if err != nil {
		return err
	}
	for _, n := range networks {
		visit(thing{"network", n.Name, n.ID, n.Labels[RunLabel]})
	}
	images, err := e.ListImages(ctx, labels...)
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

// remove removes what bears a run's label, and the volumes without one that
// its journal names: containers first, since they hold the rest.
func remove(ctx context.Context, e *engine.Engine, id string) error {
	if !runID.MatchString(id) {
		return fmt.Errorf("%q is no run of Holdfast: nothing removed", id)
	}
	var found []thing
	if err := each(ctx, e, RunLabel+"="+id, func(t thing) { found = append(found, t) }); err != nil {
		return err
	}
	noted, _ := journal(id, e.Endpoint.Host)
	for _, volume := range noted {
		if anonymous.MatchString(volume) || strings.HasPrefix(volume, "holdfast-"+id+"-") {
			found = append(found, thing{"volume", volume, volume, id})
		}
	}
	var problems []error
	for _, t := range found {
		var err error
		// Two runs that begin at the same time remove the same dead one's things.
		untilFree(ctx, func() (busy bool) {
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

// sweepDead removes what dead runs left on the engine and in the work folder.
func (r *Run) sweepDead(ctx context.Context, progress io.Writer) error {
	dead := map[string]int{}
	err := each(ctx, r.engine, RunLabel, func(t thing) {
		if runID.MatchString(t.run) && !alive(t.run) {
			dead[t.run]++
		}
	})
	if err != nil {
		return err
	}
	for _, id := range deadRuns() {
		noted, _ := journal(id, r.engine.Endpoint.Host)
		dead[id] += len(noted)
	}
	var problems []error
	for id, count := range dead {
		if count > 0 {
			fmt.Fprintf(progress, "Removing %d leftovers of the dead run %s.\n", count, id)
		}
		if err := remove(ctx, r.engine, id); err != nil {
			problems = append(problems, err)
		} else if _, elsewhere := journal(id, r.engine.Endpoint.Host); !elsewhere || age(id) > remembered {
			forget(id)
		}
	}
	return errors.Join(append(problems, r.sweepFolders(ctx))...)
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
	noted, _ := journal(r.ID, r.engine.Endpoint.Host)
	err := each(ctx, r.engine, "", func(t thing) {
		ours := t.run == r.ID || t.kind == "volume" && slices.Contains(noted, t.name)
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
	return (&Run{engine: e}).sweepDead(ctx, progress)
}
