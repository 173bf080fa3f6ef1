package sandbox

import (
	"context"
	"fmt"
	"strings"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/run"

	. "github.com/onsi/ginkgo/v2"
)

// Volume is a volume of a sandbox.
type Volume struct {
	Name string
	box  *Box
}

// Volume creates a named volume.
func (b *Box) Volume(ctx context.Context) *Volume {
	GinkgoHelper()
	return b.VolumeWith(ctx, engine.VolumeSpec{})
}

// VolumeWith creates a volume as specified; name and labels are the sandbox's.
func (b *Box) VolumeWith(ctx context.Context, spec engine.VolumeSpec) *Volume {
	GinkgoHelper()
	volume, err := b.TryVolume(ctx, spec)
	b.must(err)
	return volume
}

// TryVolume is VolumeWith for specs that are about the refusal.
func (b *Box) TryVolume(ctx context.Context, spec engine.VolumeSpec) (*Volume, error) {
	GinkgoHelper()
	spec.Name, spec.Labels = b.Name("volume"), b.Labels()
	did := "docker volume create"
	if spec.Driver != "" {
		did += " --driver " + spec.Driver
	}
	for key, value := range spec.Options {
		did += fmt.Sprintf(" --opt %s=%s", key, value)
	}
	created, err := b.run.Engine().CreateVolume(ctx, spec)
	if err != nil {
		b.did(evidence.Step{Did: did + " " + spec.Name, Saw: err.Error()})
		return nil, err
	}
	b.did(evidence.Step{Did: did + " " + spec.Name, Saw: created.Name})
	return b.AdoptVolume(created.Name), nil
}

// AdoptVolume makes a volume that an engine or a command made, or is about to make,
// one of the sandbox's, to be removed with it, and by a later run should this
// one die. It may bear no label, or lose those that it has: an engine makes a
// volume that was removed anew, and bare, for a container that names it.
func (b *Box) AdoptVolume(name string) *Volume {
	GinkgoHelper()
	b.must(b.run.Record(name))
	b.volumes = append(b.volumes, name)
	b.tidy("volume "+name, func(ctx context.Context) error { return b.run.Engine().RemoveVolume(ctx, name, false) })
	return &Volume{Name: name, box: b}
}

// At mounts the volume as `-v NAME:TARGET[:OPTIONS]` does.
func (v *Volume) At(target string, options ...string) Option {
	return bind(v.Name, target, options)
}

// MountedAt mounts the volume as `--mount type=volume` does.
func (v *Volume) MountedAt(target string) Option {
	return mounted(engine.Mount{Type: "volume", Source: v.Name, Target: target})
}

// Remove removes the volume, as `docker volume rm` does.
func (v *Volume) Remove(ctx context.Context) {
	GinkgoHelper()
	v.box.must(v.TryRemove(ctx))
}

// TryRemove is Remove for specs that are about the refusal.
func (v *Volume) TryRemove(ctx context.Context) error {
	err := v.box.run.Engine().RemoveVolume(ctx, v.Name, false)
	v.box.did(evidence.Step{Did: "docker volume rm " + v.Name, Saw: said(err, v.Name)})
	return err
}

// Inspect asks the engine about the volume.
func (v *Volume) Inspect(ctx context.Context) engine.Volume {
	GinkgoHelper()
	found, err := v.box.run.Engine().InspectVolume(ctx, v.Name)
	v.box.must(err)
	v.box.did(evidence.Step{Did: "docker volume inspect " + v.Name, Saw: fmt.Sprint(found.Raw)})
	return found
}

// HasVolume tells whether the engine has the volume.
func (b *Box) HasVolume(ctx context.Context, v *Volume) bool {
	GinkgoHelper()
	_, err := b.run.Engine().InspectVolume(ctx, v.Name)
	if err != nil && !engine.IsNotFound(err) {
		b.must(err)
	}
	b.did(evidence.Step{Did: "docker volume inspect " + v.Name, Saw: said(err, "it exists")})
	return err == nil
}

// VolumeNames lists the names of the sandbox's volumes as the engine lists them.
func (b *Box) VolumeNames(ctx context.Context) []string {
	GinkgoHelper()
	listed, err := b.run.Engine().ListVolumes(ctx, run.SpecLabel+"="+b.id)
	b.must(err)
	names := []string{}
	for _, volume := range listed {
		names = append(names, volume.Name)
	}
	b.did(evidence.Step{Did: "docker volume ls --filter " + b.Filter(), Saw: strings.Join(names, " ")})
	return names
}

func said(err error, otherwise string) string {
	if err != nil {
		return err.Error()
	}
	return otherwise
}
