package engine

import (
	"context"
	"io/fs"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/go-connections/nat"
)

// ContainerSpec describes a container to create. Binds, Anonymous and Tmpfs are
// what `docker run` sends for -v and --tmpfs, Mounts what it sends for --mount.
type ContainerSpec struct {
	Name, Image     string
	Entrypoint, Cmd []string
	Env             []string
	User            string
	GroupAdd        []string
	WorkingDir      string
	Labels          map[string]string
	Binds           []string          // source:target[:options]; source is a volume name or a host path
	Anonymous       []string          // targets of anonymous volumes
	Tmpfs           map[string]string // options by target
	Mounts          []Mount
	VolumesFrom     []string
	ReadOnlyRoot    bool
	Network         string   // no network if empty
	Publish         []string // container ports, such as "80/tcp", each on a free loopback port of the engine's host
	Memory          int64    // limit in bytes, 0 for none
	ShmSize         int64    // bytes, 0 for the engine's default
	HostUsers       bool     // --userns=host
	OpenStdin       bool     // -i
	Interactive     bool     // -it
	AutoRemove      bool     // --rm
}

// Mount is one --mount.
type Mount struct {
	Type           string // volume, bind, tmpfs
	Source, Target string
	ReadOnly       bool
	NoCopy         bool
	Subpath        string            // of a volume
	NonRecursive   bool              // a bind without the mounts below its source
	Labels         map[string]string // of a volume that this mount creates
	TmpfsSize      int64             // bytes
	TmpfsMode      uint32
}

// CreateContainer creates a container and does not start it.
func (e *Engine) CreateContainer(ctx context.Context, spec ContainerSpec) (id string, warnings []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	volumes := map[string]struct{}{}
	for _, target := range spec.Anonymous {
		volumes[target] = struct{}{}
	}
	config := &container.Config{
		Image: spec.Image, Entrypoint: spec.Entrypoint, Cmd: spec.Cmd, Env: spec.Env, User: spec.User,
		WorkingDir: spec.WorkingDir, Labels: spec.Labels, Volumes: volumes,
		OpenStdin: spec.OpenStdin || spec.Interactive, Tty: spec.Interactive,
	}
	host := &container.HostConfig{
		Binds: spec.Binds, Tmpfs: spec.Tmpfs, Mounts: apiMounts(spec.Mounts), VolumesFrom: spec.VolumesFrom,
		ReadonlyRootfs: spec.ReadOnlyRoot, GroupAdd: spec.GroupAdd, NetworkMode: container.NetworkMode(spec.Network),
		ShmSize: spec.ShmSize, AutoRemove: spec.AutoRemove, Resources: container.Resources{Memory: spec.Memory},
	}
	if spec.Network == "" {
		// With networking disabled as well, Docker sets nothing up, not even (from
		// 28 on) /etc/hostname. Up to 27 that saves a process for each start.
		config.NetworkDisabled, host.NetworkMode = true, "none"
	}
	if spec.HostUsers {
		host.UsernsMode = "host"
	}
	for _, port := range spec.Publish {
		if host.PortBindings == nil {
			config.ExposedPorts, host.PortBindings = nat.PortSet{}, nat.PortMap{}
		}
		config.ExposedPorts[nat.Port(port)] = struct{}{}
		host.PortBindings[nat.Port(port)] = []nat.PortBinding{{HostIP: "127.0.0.1"}}
	}
	created, err := e.api.ContainerCreate(ctx, config, host, &network.NetworkingConfig{}, nil, spec.Name)
	return created.ID, created.Warnings, e.failed(err, "creating container %s from %s", spec.Name, spec.Image)
}

func apiMounts(mounts []Mount) []mount.Mount {
	var out []mount.Mount
	for _, m := range mounts {
		converted := mount.Mount{Type: mount.Type(m.Type), Source: m.Source, Target: m.Target, ReadOnly: m.ReadOnly}
		if m.NoCopy || m.Labels != nil || m.Subpath != "" {
			converted.VolumeOptions = &mount.VolumeOptions{NoCopy: m.NoCopy, Labels: m.Labels, Subpath: m.Subpath}
		}
		if m.NonRecursive {
			converted.BindOptions = &mount.BindOptions{NonRecursive: true}
		}
		if m.TmpfsSize != 0 || m.TmpfsMode != 0 {
			converted.TmpfsOptions = &mount.TmpfsOptions{SizeBytes: m.TmpfsSize, Mode: fs.FileMode(m.TmpfsMode)}
		}
		out = append(out, converted)
	}
	return out
}
