package sandbox

import (
	"context"
	"fmt"
	"maps"
	"slices"
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

// Volume creates a volume with a unique name and the sandbox's labels. Options
// change that: Unnamed, Unlabelled, or any function of the specification.
func (b *Box) Volume(ctx context.Context, options ...func(*engine.VolumeSpec)) *Volume {
	GinkgoHelper()
	spec := engine.VolumeSpec{Name: b.Name("volume"), Labels: b.Labels()}
	for _, option := range options {
		option(&spec)
	}
	if spec.Labels == nil {
		b.AdoptVolume(spec.Name) // before it exists, since it carries no label
	}
	created, err := b.Engine().CreateVolume(ctx, spec)
	b.step(err, evidence.Step{Did: describeVolume(spec), Saw: created.Name})
	if spec.Labels != nil {
		b.AdoptVolume(created.Name)
	}
	return &Volume{Name: created.Name, box: b}
}

// describeVolume returns the docker command that creates the volume. Labels
// are shown only if nothing else identifies the volume.
func describeVolume(spec engine.VolumeSpec) string {
	words := []string{"docker", "volume", "create"}
	if spec.Driver != "" {
		words = append(words, "--driver", spec.Driver)
	}
	for _, key := range slices.Sorted(maps.Keys(spec.Options)) {
		words = append(words, "--opt", key+"="+spec.Options[key])
	}
	if spec.Name == "" {
		return evidence.Command(append(words, "--label", run.SpecLabel+"="+spec.Labels[run.SpecLabel])...)
	}
	return evidence.Command(append(words, spec.Name)...)
}

// AdoptVolume removes a volume with the sandbox that an engine or a command
// created, or is about to create. A later run removes it if this one dies. It
// may have no labels, or lose them: for a container that names a removed
// volume, an engine creates one without labels.
func (b *Box) AdoptVolume(name string) *Volume {
	GinkgoHelper()
	b.must(b.run.Record(name))
	b.volumes = append(b.volumes, name)
	b.Cleanup("volume "+name, func(ctx context.Context) error { return b.Engine().RemoveVolume(ctx, name, false) })
	return &Volume{Name: name, box: b}
}

// At mounts the volume as `-v NAME:TARGET[:OPTIONS]` does.
func (v *Volume) At(target string, options ...string) Option {
	return bind(v.Name, target, options)
}

// Remove removes the volume, as `docker volume rm` does, and returns the
// engine's refusal.
func (v *Volume) Remove(ctx context.Context) error {
	err := v.box.Engine().RemoveVolume(ctx, v.Name, false)
	v.box.Did(evidence.Step{Did: "docker volume rm " + v.Name, Saw: outcome(err, v.Name)})
	return err
}

// Inspect asks the engine about the volume.
func (v *Volume) Inspect(ctx context.Context) engine.Volume {
	GinkgoHelper()
	found, err := v.box.Engine().InspectVolume(ctx, v.Name)
	v.box.step(err, evidence.Step{Did: "docker volume inspect " + v.Name, Saw: fmt.Sprint(found.Raw)})
	return found
}

// Exists reports whether the engine has the volume.
func (v *Volume) Exists(ctx context.Context) bool {
	GinkgoHelper()
	_, err := v.box.Engine().InspectVolume(ctx, v.Name)
	return v.box.exists("docker volume inspect "+v.Name, err)
}

// VolumeNames lists the names of the sandbox's volumes as the engine lists them.
func (b *Box) VolumeNames(ctx context.Context) []string {
	GinkgoHelper()
	listed, err := b.Engine().ListVolumes(ctx, run.SpecLabel+"="+b.id)
	names := []string{}
	for _, volume := range listed {
		names = append(names, volume.Name)
	}
	b.step(err, evidence.Step{Did: "docker volume ls --filter " + b.Filter(), Saw: strings.Join(names, " ")})
	return names
}
