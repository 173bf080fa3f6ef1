package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
	"github.com/holdfast/holdfast/helpers/settings"
)

// workParent returns the parent of all runs' work directories.
func workParent() (string, error) {
	reports := filepath.Join("reports", "out")
	if settings.Standalone {
		reports = settings.StandaloneReports
	}
	return settings.AtRoot(cmp.Or(settings.Work.Get(), filepath.Join(reports, "work")))
}

func makeWorkDir(id string) (string, error) {
	parent, err := workParent()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(parent, id)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("creating the work directory for bind mounts: %w; free some space, or set %s to another directory", err, settings.Work.Name)
	}
	return dir, nil
}

// RemoveDir removes a directory of the run. If it has files of root that this
// user may not remove, a container empties it first.
func (r *Run) RemoveDir(ctx context.Context, dir string) error {
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
