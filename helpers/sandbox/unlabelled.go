package sandbox

import (
	"context"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/run"

	. "github.com/onsi/ginkgo/v2"
)

// BareVolume creates a volume with a name and nothing else, as `docker volume
// create NAME` does: for what inspect says of labels that nobody set. The
// run's journal tells whose it is.
func (b *Box) BareVolume(ctx context.Context) *Volume {
	GinkgoHelper()
	volume := b.AdoptVolume(b.Name("volume"))
	created, err := b.run.Engine().CreateVolume(ctx, engine.VolumeSpec{Name: volume.Name})
	b.must(err)
	b.did(evidence.Step{Did: "docker volume create " + volume.Name, Saw: created.Name})
	return volume
}

// UnnamedVolume creates an anonymous volume that bears the sandbox's labels, as
// `docker volume create` without a name does.
func (b *Box) UnnamedVolume(ctx context.Context) *Volume {
	GinkgoHelper()
	created, err := b.run.Engine().CreateVolume(ctx, engine.VolumeSpec{Labels: b.Labels()})
	b.must(err)
	b.did(evidence.Step{Did: "docker volume create --label " + run.SpecLabel + "=" + b.id, Saw: created.Name})
	return b.AdoptVolume(created.Name)
}
