package run

import (
	"context"
	"os"
	"path/filepath"
	"sort"

	"github.com/holdfast/holdfast/helpers/engine"
)

// inventory is the set of resources that an engine has, by kind and name.
type inventory map[string]bool

type resource struct{ kind, name, id, run string }

func (r resource) String() string { return r.kind + " " + r.name }

// visitAll visits every resource of an engine.
func visitAll(ctx context.Context, e *engine.Engine, visit func(resource)) error {
	containers, err := e.ListContainers(ctx)
	if err != nil {
		return err
	}
	for _, c := range containers {
		visit(resource{"container", c.Name, c.ID, c.Labels[Label]})
	}
	volumes, err := e.ListVolumes(ctx)
	if err != nil {
		return err
	}
	for _, v := range volumes {
		visit(resource{"volume", v.Name, v.Name, v.Labels[Label]})
	}
	networks, err := e.ListNetworks(ctx)
	if err != nil {
		return err
	}
	for _, n := range networks {
		visit(resource{"network", n.Name, n.ID, n.Labels[Label]})
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
		visit(resource{"image", name, i.ID, i.Labels[Label]})
	}
	return nil
}

// leftovers lists what this run left behind: on a shared engine what has its
// label or is in its journal, on a disposable one everything that was not
// there at the start.
func (r *Run) leftovers(ctx context.Context) ([]string, error) {
	left := inventory{}
	recorded := readJournals(r.engine, r.ID)
	err := visitAll(ctx, r.engine, func(found resource) {
		ours := recorded.owner(found) == r.ID
		unknown := found.run == "" && found.kind != "image" && !r.before[found.String()]
		if ours || unknown && r.engine.Facts.Disposable {
			left[found.String()] = true
		}
	})
	if entries, failed := os.ReadDir(r.WorkDir); failed == nil {
		for _, entry := range entries {
			left["directory "+filepath.Join(r.WorkDir, entry.Name())] = true
		}
	}
	var names []string
	for name := range left {
		names = append(names, name)
	}
	sort.Strings(names)
	return names, err
}
