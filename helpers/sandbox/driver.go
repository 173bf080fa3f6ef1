package sandbox

import (
	"context"
	"path"
	"sync"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"

	. "github.com/onsi/ginkgo/v2"
)

// Attempt is a volume that was asked for, or the engine's refusal.
type Attempt struct {
	Driver string // the volume's own, as the engine says
	Err    error
}

// String is what came of it, in one line.
func (a Attempt) String() string { return said(a.Err, "a volume of driver "+a.Driver) }

// TryDrivers asks for one volume of each driver, all at once: Docker looks 15
// seconds for a driver that it does not have.
func (b *Box) TryDrivers(ctx context.Context, drivers ...string) map[string]Attempt {
	GinkgoHelper()
	made, failed := make([]engine.Volume, len(drivers)), make([]error, len(drivers))
	var wait sync.WaitGroup
	for i, driver := range drivers {
		spec := engine.VolumeSpec{Name: b.Name("volume"), Driver: driver, Labels: b.Labels()}
		wait.Go(func() { made[i], failed[i] = b.run.Engine().CreateVolume(ctx, spec) })
	}
	wait.Wait()
	attempts := map[string]Attempt{}
	for i, driver := range drivers {
		if failed[i] == nil {
			b.AdoptVolume(made[i].Name)
		}
		attempts[driver] = Attempt{made[i].Driver, failed[i]}
		b.did(evidence.Step{Did: "docker volume create --driver " + driver, Saw: attempts[driver].String()})
	}
	return attempts
}

// FolderAt mounts, read-only, the folder of the engine's host in which the
// engine says that it keeps the volume.
func (v *Volume) FolderAt(ctx context.Context, target string) Option {
	GinkgoHelper()
	return mounted(engine.Mount{Type: "bind", Source: path.Clean(v.Inspect(ctx).Mountpoint), Target: target, ReadOnly: true})
}
