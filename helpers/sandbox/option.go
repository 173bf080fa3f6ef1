package sandbox

import (
	"strings"

	"github.com/holdfast/holdfast/helpers/engine"
)

// Option sets a part of a container's specification. Besides the options below,
// any function of that type will do.
type Option func(*engine.ContainerSpec)

// bind mounts a source as `-v SOURCE:TARGET[:OPTIONS]` does.
func bind(source, target string, options []string) Option {
	return func(spec *engine.ContainerSpec) {
		parts := []string{source, target}
		if len(options) > 0 {
			parts = append(parts, strings.Join(options, ","))
		}
		spec.Binds = append(spec.Binds, strings.Join(parts, ":"))
	}
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

// Mount mounts as `--mount` does.
func Mount(mount engine.Mount) Option {
	return func(spec *engine.ContainerSpec) { spec.Mounts = append(spec.Mounts, mount) }
}

// Network joins the container to a network. Without it, networking is
// disabled, and the container has no host name either.
func Network(name string) Option {
	return func(spec *engine.ContainerSpec) { spec.Network = name }
}

// HostUsers keeps the engine from mapping the container's users, as
// `--userns=host` does, for specs that look at the engine's host.
func HostUsers() Option {
	return func(spec *engine.ContainerSpec) { spec.HostUsers = true }
}

// Image creates the container from another image than the probe's.
func Image(reference string) Option {
	return func(spec *engine.ContainerSpec) { spec.Image = reference }
}

// Unnamed is an option of Box.Volume: the engine names the volume.
func Unnamed(spec *engine.VolumeSpec) { spec.Name = "" }

// Unlabelled is an option of Box.Volume: the volume has no labels. The run's
// journal records that it is ours.
func Unlabelled(spec *engine.VolumeSpec) { spec.Labels = nil }
