package run

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/holdfast/holdfast/helpers/engine"
)

// inventory is the set of resources that an engine has, by kind and name.
type inventory map[string]bool

type resource struct{ kind, name, id, run string }

func (r resource) String() string { return r.kind + " " + r.name }

// listAll lists every resource of an engine.
func listAll(ctx context.Context, e *engine.Engine) (all []resource, err error) {
	found, err := e.Inventory(ctx)
	for _, c := range found.Containers {
		all = append(all, resource{"container", c.Name, c.ID, c.Labels[Label]})
	}
	for _, v := range found.Volumes {
		all = append(all, resource{"volume", v.Name, v.Name, v.Labels[Label]})
	}
	for _, n := range found.Networks {
		all = append(all, resource{"network", n.Name, n.ID, n.Labels[Label]})
	}
	for _, i := range found.Images {
		name := i.ID
		if len(i.Tags) > 0 {
			name = i.Tags[0]
		}
		all = append(all, resource{"image", name, i.ID, i.Labels[Label]})
	}
	return all, err
}

// leftovers lists what this run left behind: on a shared engine what has its
// label or is in its journal, on a disposable one everything that was not
// there at the start.
func (r *Run) leftovers(ctx context.Context) ([]string, error) {
	left := inventory{}
	recorded := readJournals(r.engine, r.ID)
	all, err := listAll(ctx, r.engine)
	for _, found := range all {
		ours := recorded.owner(found) == r.ID
		unknown := found.run == "" && found.kind != "image" && !r.before[found.String()]
		if ours || unknown && r.engine.Facts.Disposable {
			left[found.String()] = true
		}
	}
	if entries, failed := os.ReadDir(r.WorkDir); failed == nil {
		for _, entry := range entries {
			left["directory "+filepath.Join(r.WorkDir, entry.Name())] = true
		}
	}
	return slices.Sorted(maps.Keys(left)), err
}
