package engine

import (
	"context"
	"encoding/json"

	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/volume"
)

// VolumeSpec describes a volume to create.
type VolumeSpec struct {
	Name, Driver string // chosen by the engine if empty
	Options      map[string]string
	Labels       map[string]string
}

// Volume is a volume as inspect or the volume list reports it.
type Volume struct {
	Name, Driver, Mountpoint, Scope, CreatedAt string
	Labels, Options                            map[string]string
	Raw                                        map[string]any // the engine's answer, from inspect only
}

// CreateVolume creates a volume, or returns the existing one with that name, as the API does.
func (e *Engine) CreateVolume(ctx context.Context, spec VolumeSpec) (Volume, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	created, err := e.api.VolumeCreate(ctx, volume.CreateOptions{
		Name: spec.Name, Driver: spec.Driver, DriverOpts: spec.Options, Labels: spec.Labels,
	})
	return fromAPI(created), e.failed(err, "creating volume %s", spec.Name)
}

// InspectVolume returns the volume with that name.
func (e *Engine) InspectVolume(ctx context.Context, name string) (Volume, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	answer, raw, err := e.api.VolumeInspectWithRaw(ctx, name)
	if err != nil {
		return Volume{}, e.failed(err, "inspecting volume %s", name)
	}
	v := fromAPI(answer)
	return v, e.failed(json.Unmarshal(raw, &v.Raw), "parsing the inspect output of volume %s", name)
}

// ListVolumes lists the volumes with all of the labels.
func (e *Engine) ListVolumes(ctx context.Context, labels ...string) ([]Volume, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	answer, err := e.api.VolumeList(ctx, volume.ListOptions{Filters: labelled(labels)})
	var out []Volume
	for _, v := range answer.Volumes {
		out = append(out, fromAPI(*v))
	}
	return out, e.failed(err, "listing volumes")
}

// RemoveVolume removes a volume. The error satisfies IsConflict if a container uses it.
func (e *Engine) RemoveVolume(ctx context.Context, name string, force bool) error {
	return e.do(ctx, "removing volume "+name, func(ctx context.Context) error {
		return e.api.VolumeRemove(ctx, name, force)
	})
}

// PruneVolumes removes the unused volumes that match the filter and returns
// their names. Without a filter it removes the user's volumes too: use it on
// disposable engines only.
func (e *Engine) PruneVolumes(ctx context.Context, filter map[string]string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	args := filters.NewArgs()
	for key, value := range filter {
		args.Add(key, value)
	}
	report, err := e.api.VolumesPrune(ctx, args)
	return report.VolumesDeleted, e.failed(err, "pruning volumes %v", filter)
}

func fromAPI(v volume.Volume) Volume {
	return Volume{Name: v.Name, Driver: v.Driver, Mountpoint: v.Mountpoint, Scope: v.Scope, CreatedAt: v.CreatedAt, Labels: v.Labels, Options: v.Options}
}
