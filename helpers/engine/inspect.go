package engine

import (
	"context"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/go-connections/nat"
)

// Container is a container as inspect reports it.
type Container struct {
	ID, Name, Image string
	State           string // created, running, paused, exited, ...
	ExitCode        int
	OOMKilled       bool
	StartedAt       string
	Labels          map[string]string
	Mounts          []MountPoint
	Tmpfs           map[string]string // options by target, of --tmpfs
	TmpfsMounts     []Mount           // of --mount type=tmpfs, as requested
	Published       map[string]string // port on the engine's host by container port ("8000/tcp"), while it runs
}

// MountPoint is one entry of a container's Mounts.
type MountPoint struct {
	Type, Name, Source, Target, Driver, Mode, Propagation string
	ReadWrite                                             bool
}

// InspectContainer returns the container with that name or id.
func (e *Engine) InspectContainer(ctx context.Context, id string) (Container, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	found, err := e.api.ContainerInspect(ctx, id)
	if err != nil {
		return Container{}, e.failed(err, "inspecting container %s", id)
	}
	c := Container{ID: found.ID, Name: found.Name, Image: found.Image}
	if s := found.State; s != nil {
		c.State, c.ExitCode, c.OOMKilled, c.StartedAt = state(s.Status), s.ExitCode, s.OOMKilled, s.StartedAt
	}
	if found.Config != nil {
		c.Labels = found.Config.Labels
	}
	if found.HostConfig != nil {
		c.Tmpfs, c.TmpfsMounts = found.HostConfig.Tmpfs, tmpfsMounts(found.HostConfig.Mounts)
	}
	if found.NetworkSettings != nil {
		c.Published = published(found.NetworkSettings.Ports)
	}
	for _, m := range found.Mounts {
		c.Mounts = append(c.Mounts, MountPoint{Type: string(m.Type), Name: m.Name, Source: m.Source, Target: m.Destination,
			Driver: m.Driver, Mode: m.Mode, Propagation: string(m.Propagation), ReadWrite: m.RW})
	}
	return c, nil
}

func tmpfsMounts(mounts []mount.Mount) (out []Mount) {
	for _, m := range mounts {
		if m.Type != mount.TypeTmpfs {
			continue
		}
		converted := Mount{Type: "tmpfs", Target: m.Target}
		if o := m.TmpfsOptions; o != nil {
			converted.TmpfsSize, converted.TmpfsMode = o.SizeBytes, uint32(o.Mode)
		}
		out = append(out, converted)
	}
	return out
}

func published(ports nat.PortMap) map[string]string {
	found := map[string]string{}
	for port, bindings := range ports {
		if len(bindings) > 0 { // further bindings are the same port on other addresses
			found[string(port)] = bindings[0].HostPort
		}
	}
	return found
}

// InspectContainerRaw returns the engine's own answer, in JSON.
func (e *Engine) InspectContainerRaw(ctx context.Context, id string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	_, raw, err := e.api.ContainerInspectWithRaw(ctx, id, false)
	return raw, e.failed(err, "inspecting container %s", id)
}

// ListContainers lists the containers, running or not, with all of the labels
// ("key" or "key=value").
func (e *Engine) ListContainers(ctx context.Context, labels ...string) ([]Container, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	listed, err := e.api.ContainerList(ctx, container.ListOptions{All: true, Filters: labelled(labels)})
	var out []Container
	for _, c := range listed {
		name := ""
		if len(c.Names) > 0 {
			name = c.Names[0]
		}
		out = append(out, Container{ID: c.ID, Name: name, Image: c.Image, State: state(c.State), Labels: c.Labels})
	}
	return out, e.failed(err, "listing containers")
}

// state returns Docker's word for a container state. Podman says "stopped"
// between the end of a container and the end of its mounts.
func state(reported string) string {
	if reported == "stopped" {
		return "exited"
	}
	return reported
}

func labelled(labels []string) filters.Args {
	args := filters.NewArgs()
	for _, label := range labels {
		args.Add("label", label)
	}
	return args
}

// Changes lists what a container changed in its own layer, as `docker diff`
// does: "added /path", "changed /path", "deleted /path".
func (e *Engine) Changes(ctx context.Context, id string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	changes, err := e.api.ContainerDiff(ctx, id)
	kinds := map[container.ChangeType]string{container.ChangeModify: "changed", container.ChangeAdd: "added", container.ChangeDelete: "deleted"}
	var out []string
	for _, change := range changes {
		out = append(out, kinds[change.Kind]+" "+change.Path)
	}
	return out, e.failed(err, "listing the changes of container %s", id)
}
