package sandbox

import (
	"strings"

	"github.com/holdfast/holdfast/helpers/engine"
)

// Option is one part of what a container is made of.
type Option func(*engine.ContainerSpec)

func bind(source, target string, options []string) Option {
	return func(spec *engine.ContainerSpec) {
		parts := []string{source, target}
		if len(options) > 0 {
			parts = append(parts, strings.Join(options, ","))
		}
		spec.Binds = append(spec.Binds, strings.Join(parts, ":"))
	}
}

func mounted(mount engine.Mount) Option {
	return func(spec *engine.ContainerSpec) { spec.Mounts = append(spec.Mounts, mount) }
}

// Anonymous mounts an anonymous volume, as `-v TARGET` does.
func Anonymous(target string) Option {
	return func(spec *engine.ContainerSpec) { spec.Anonymous = append(spec.Anonymous, target) }
}

// Tmpfs mounts a tmpfs, as `--tmpfs TARGET[:OPTIONS]` does.
func Tmpfs(target string, options ...string) Option {
	return func(spec *engine.ContainerSpec) {
		if spec.Tmpfs == nil {
			spec.Tmpfs = map[string]string{}
		}
		spec.Tmpfs[target] = strings.Join(options, ",")
	}
}

// Mount mounts what `--mount` can say and the other options cannot.
func Mount(mount engine.Mount) Option { return mounted(mount) }

// VolumesFrom mounts another container's volumes, as `--volumes-from` does.
func VolumesFrom(c *Container) Option {
	return func(spec *engine.ContainerSpec) { spec.VolumesFrom = append(spec.VolumesFrom, c.ID) }
}

// Network joins the container to a network, "none" among them; without it there
// is none at all, and no host name either.
func Network(name string) Option {
	return func(spec *engine.ContainerSpec) { spec.Network = name }
}

// HostUsers keeps the engine from mapping the container's users to others, as
// `--userns=host` does: for what looks at the engine's host itself.
func HostUsers() Option {
	return func(spec *engine.ContainerSpec) { spec.HostUsers = true }
}

// Image runs another image than the probe; its entrypoint is replaced only
// where the command is a probe's.
func Image(reference string) Option {
	return func(spec *engine.ContainerSpec) { spec.Image = reference }
}
