package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/go-connections/nat"
)

// ContainerSpec says what a container is made of. Binds, Anonymous and Tmpfs
// are what `docker run` sends for -v and --tmpfs, Mounts what it sends for --mount.
type ContainerSpec struct {
	Name, Image     string
	Entrypoint, Cmd []string
	Env             []string
	User            string
	WorkingDir      string
	Labels          map[string]string
	Binds           []string          // source:target[:options], a volume's name or a host path
	Anonymous       []string          // targets of anonymous volumes
	Tmpfs           map[string]string // target to options
	Mounts          []Mount
	VolumesFrom     []string
	ReadOnlyRoot    bool
	Network         string // with none at all unless set
	Memory          int64  // bytes, 0 without a limit
	ShmSize         int64  // bytes, 0 for the engine's default
	HostUsers       bool   // the host's users, where the engine maps a container's to others
	OpenStdin       bool   // as -i
	Interactive     bool   // stdin open and a terminal, as -it
}

// Mount is one `--mount`.
type Mount struct {
	Type           string // volume, bind, tmpfs
	Source, Target string
	ReadOnly       bool
	NoCopy         bool
	Subpath        string            // of a volume, in place of all of it
	NonRecursive   bool              // a bind without the mounts below its source
	Labels         map[string]string // of a volume that this mount creates
	TmpfsSize      int64             // bytes
	TmpfsMode      uint32
}

// Container is what inspect says.
type Container struct {
	ID, Name, Image string
	State           string // created, running, paused, exited, ...
	ExitCode        int
	OOMKilled       bool
	StartedAt       string
	Labels          map[string]string
	Mounts          []MountPoint
	Tmpfs           map[string]string
	Published       map[string]string // port of the engine's host, by the container's own ("8000/tcp"); while it runs
}

// MountPoint is one entry of a container's Mounts.
type MountPoint struct {
	Type, Name, Source, Target, Driver, Mode, Propagation string
	ReadWrite                                             bool
}

// CreateContainer creates, and does not start.
func (e *Engine) CreateContainer(ctx context.Context, spec ContainerSpec) (id string, warnings []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	anonymous := map[string]struct{}{}
	for _, target := range spec.Anonymous {
		anonymous[target] = struct{}{}
	}
	// Beside the mode "none", networking is said to be disabled: then Docker sets
	// nothing up for a container, not even (from 28 on) /etc/hostname, which spares
	// a process of its own for each start up to 27.
	disabled := spec.Network == ""
	if disabled {
		spec.Network = "none"
	}
	created, err := e.api.ContainerCreate(ctx,
		&container.Config{
			NetworkDisabled: disabled,
			Image:           spec.Image, Entrypoint: spec.Entrypoint, Cmd: spec.Cmd, Env: spec.Env, User: spec.User,
			WorkingDir: spec.WorkingDir, Labels: spec.Labels, Volumes: anonymous,
			OpenStdin: spec.OpenStdin || spec.Interactive, Tty: spec.Interactive,
		},
		&container.HostConfig{
			UsernsMode: usernsMode(spec.HostUsers), Binds: spec.Binds, Tmpfs: spec.Tmpfs, Mounts: apiMounts(spec.Mounts), VolumesFrom: spec.VolumesFrom,
			ReadonlyRootfs: spec.ReadOnlyRoot, NetworkMode: container.NetworkMode(spec.Network),
			ShmSize: spec.ShmSize, Resources: container.Resources{Memory: spec.Memory},
		},
		&network.NetworkingConfig{}, nil, spec.Name)
	return created.ID, created.Warnings, e.failed(err, "creating container %s from %s", spec.Name, spec.Image)
}

func usernsMode(host bool) container.UsernsMode {
	if host {
		return "host"
	}
	return ""
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
			converted.TmpfsOptions = &mount.TmpfsOptions{SizeBytes: m.TmpfsSize, Mode: fileMode(m.TmpfsMode)}
		}
		out = append(out, converted)
	}
	return out
}

// StartContainer starts a created or stopped container.
func (e *Engine) StartContainer(ctx context.Context, id string) error {
	return e.deed(ctx, "starting container "+id, func(ctx context.Context) error {
		return e.api.ContainerStart(ctx, id, container.StartOptions{})
	})
}

// StopContainer sends SIGTERM, and SIGKILL after the grace period.
func (e *Engine) StopContainer(ctx context.Context, id string, grace time.Duration) error {
	return e.deed(ctx, "stopping container "+id, func(ctx context.Context) error {
		return e.api.ContainerStop(ctx, id, stopOptions(grace))
	})
}

// RestartContainer stops and starts in one call.
func (e *Engine) RestartContainer(ctx context.Context, id string, grace time.Duration) error {
	return e.deed(ctx, "restarting container "+id, func(ctx context.Context) error {
		return e.api.ContainerRestart(ctx, id, stopOptions(grace))
	})
}

func stopOptions(grace time.Duration) container.StopOptions {
	seconds := int(grace.Seconds())
	return container.StopOptions{Timeout: &seconds}
}

// KillContainer sends SIGKILL.
func (e *Engine) KillContainer(ctx context.Context, id string) error {
	return e.deed(ctx, "killing container "+id, func(ctx context.Context) error {
		return e.api.ContainerKill(ctx, id, "SIGKILL")
	})
}

// PauseContainer freezes a running container.
func (e *Engine) PauseContainer(ctx context.Context, id string) error {
	return e.deed(ctx, "pausing container "+id, func(ctx context.Context) error { return e.api.ContainerPause(ctx, id) })
}

// UnpauseContainer thaws a paused container.
func (e *Engine) UnpauseContainer(ctx context.Context, id string) error {
	return e.deed(ctx, "unpausing container "+id, func(ctx context.Context) error { return e.api.ContainerUnpause(ctx, id) })
}

// RemoveContainer removes a container, with its anonymous volumes where volumes is set.
func (e *Engine) RemoveContainer(ctx context.Context, id string, force, volumes bool) error {
	return e.deed(ctx, "removing container "+id, func(ctx context.Context) error {
		return e.api.ContainerRemove(ctx, id, container.RemoveOptions{Force: force, RemoveVolumes: volumes})
	})
}

// WaitContainer waits until the container is not running and returns its exit code.
func (e *Engine) WaitContainer(ctx context.Context, id string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	done, failed := e.api.ContainerWait(ctx, id, container.WaitConditionNotRunning)
	select {
	case response := <-done:
		if response.Error != nil {
			return 0, e.failed(fmt.Errorf("%s", response.Error.Message), "waiting for container %s", id)
		}
		return int(response.StatusCode), nil
	case err := <-failed:
		return 0, e.failed(err, "waiting for container %s", id)
	}
}

// Logs returns what the container wrote so far.
func (e *Engine) Logs(ctx context.Context, id string) (stdout, stderr string, err error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	stream, err := e.api.ContainerLogs(ctx, id, container.LogsOptions{ShowStdout: true, ShowStderr: true})
	if err != nil {
		return "", "", e.failed(err, "reading the log of container %s", id)
	}
	defer stream.Close()
	stdout, stderr, err = demultiplex(stream)
	return stdout, stderr, e.failed(err, "reading the log of container %s", id)
}

// InspectContainer asks the engine about one container.
func (e *Engine) InspectContainer(ctx context.Context, id string) (Container, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	answer, err := e.api.ContainerInspect(ctx, id)
	if err != nil {
		return Container{}, e.failed(err, "inspecting container %s", id)
	}
	c := Container{ID: answer.ID, Name: answer.Name, Image: answer.Image}
	if answer.State != nil {
		c.State, c.ExitCode, c.OOMKilled, c.StartedAt = state(answer.State.Status), answer.State.ExitCode, answer.State.OOMKilled, answer.State.StartedAt
	}
	if answer.Config != nil {
		c.Labels = answer.Config.Labels
	}
	if answer.HostConfig != nil {
		c.Tmpfs = answer.HostConfig.Tmpfs
	}
	if answer.NetworkSettings != nil {
		c.Published = published(answer.NetworkSettings.Ports)
	}
	for _, m := range answer.Mounts {
		c.Mounts = append(c.Mounts, MountPoint{Type: string(m.Type), Name: m.Name, Source: m.Source, Target: m.Destination,
			Driver: m.Driver, Mode: m.Mode, Propagation: string(m.Propagation), ReadWrite: m.RW})
	}
	return c, nil
}

func published(ports nat.PortMap) map[string]string {
	found := map[string]string{}
	for own, bindings := range ports {
		if len(bindings) > 0 { // the others are the same of other addresses
			found[string(own)] = bindings[0].HostPort
		}
	}
	return found
}

// ListContainers lists every container, running or not, that bears the labels
// ("key" or "key=value"); without labels, all of them.
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

// state is what Docker would call it: Podman's containers are "stopped" for the
// moment between their end and the end of their mounts.
func state(said string) string {
	if said == "stopped" {
		return "exited"
	}
	return said
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
	var out []string
	for _, change := range changes {
		kind := map[container.ChangeType]string{container.ChangeModify: "changed", container.ChangeAdd: "added", container.ChangeDelete: "deleted"}[change.Kind]
		out = append(out, kind+" "+change.Path)
	}
	return out, e.failed(err, "asking for the changes of container %s", id)
}

func (e *Engine) deed(ctx context.Context, what string, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	return e.failed(do(ctx), "%s", what)
}
