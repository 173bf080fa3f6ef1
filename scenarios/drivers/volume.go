package drivers

import (
	"context"
	"path"
	"sync"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/evidence"
	"github.com/holdfast/holdfast/helpers/sandbox"

	. "github.com/onsi/ginkgo/v2"
)

// local returns the option of a volume of the local driver with these options.
func local(options map[string]string) func(*engine.VolumeSpec) {
	return func(spec *engine.VolumeSpec) { spec.Driver, spec.Options = "local", options }
}

// storage mounts, read-only, the directory of the engine's host that holds the volume's files.
func storage(ctx context.Context, volume *sandbox.Volume) sandbox.Option {
	GinkgoHelper()
	return sandbox.Mount(engine.Mount{Type: "bind", Source: path.Clean(volume.Inspect(ctx).Mountpoint), Target: "/host", ReadOnly: true})
}

// attempt is the driver of the volume that the engine created, or its refusal.
type attempt struct {
	driver string
	err    error
}

func (a attempt) String() string {
	if a.err != nil {
		return a.err.Error()
	}
	return "a volume of driver " + a.driver
}

// create asks for one volume of each driver, all at once: Docker looks for a
// missing driver for 15 s.
func create(ctx SpecContext, box *sandbox.Box, drivers ...string) map[string]attempt {
	GinkgoHelper()
	specs, volumes, refusals := make([]engine.VolumeSpec, len(drivers)), make([]engine.Volume, len(drivers)), make([]error, len(drivers))
	var wait sync.WaitGroup
	for i, driver := range drivers {
		specs[i] = engine.VolumeSpec{Name: box.Name("volume"), Driver: driver, Labels: box.Labels()}
		wait.Go(func() { volumes[i], refusals[i] = box.Engine().CreateVolume(ctx, specs[i]) })
	}
	wait.Wait()
	attempts := map[string]attempt{}
	for i, driver := range drivers {
		if refusals[i] == nil {
			box.AdoptVolume(volumes[i].Name)
		}
		attempts[driver] = attempt{volumes[i].Driver, refusals[i]}
		box.Did(evidence.Step{Did: evidence.Command("docker", "volume", "create", "--driver", driver, specs[i].Name), Saw: attempts[driver].String()})
	}
	return attempts
}
