package faults

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
)

// tmpfsFaults concern `--tmpfs`.
var tmpfsFaults = []Fault{
	{"tmpfs-dropped", "accepts `--tmpfs PATH` and mounts nothing", []rule{onCreate(func(m *creation) { delete(m.host, "Tmpfs") })}},
	{"tmpfs-on-disk", "mounts an anonymous volume in place of a tmpfs", []rule{onCreate(tmpfsToVolumes)}},
	{"tmpfs-kept", "keeps the contents of a tmpfs until the container is removed", []rule{onCreate(keepTmpfs)}},
	{"tmpfs-shared", "mounts the same tmpfs at a path of every container", []rule{onCreate(shareTmpfs)}},
	{"tmpfs-options-ignored", "ignores all options of a tmpfs", []rule{tmpfsOptions(func(string) string { return "" })}},
	{"tmpfs-size-ignored", "ignores the size of a tmpfs", []rule{tmpfsOptions(without("size"))}},
	{"tmpfs-size-doubled", "makes a tmpfs twice as large as requested", []rule{tmpfsOptions(func(options string) string {
		return regexp.MustCompile(`size=1m\b`).ReplaceAllString(options, "size=2m")
	})}},
	{"tmpfs-mode-ignored", "ignores the mode of a tmpfs", []rule{tmpfsOptions(without("mode"))}},
	{"tmpfs-small", "limits a tmpfs without a size to 64 MB", []rule{tmpfsOptions(func(options string) string {
		if strings.Contains(options, "size=") {
			return options
		}
		return strings.TrimPrefix(options+",size=64m", ",")
	})}},
	{"tmpfs-executable", "mounts a tmpfs without nosuid, nodev and noexec", []rule{tmpfsOptions(func(options string) string {
		return strings.TrimPrefix(options+",exec,suid,dev", ",")
	})}},
}

// tmpfsOptions returns a rule that changes the options of each tmpfs.
func tmpfsOptions(change func(options string) string) rule {
	return onCreate(func(m *creation) {
		all := tmpfsOf(m)
		for target, options := range all {
			all[target] = change(text(options))
		}
	})
}

// without returns a function that removes an option.
func without(name string) func(string) string {
	return func(options string) string {
		kept := slices.DeleteFunc(strings.Split(options, ","), func(option string) bool { return strings.HasPrefix(option, name+"=") })
		return strings.Join(kept, ",")
	}
}

func tmpfsToVolumes(m *creation) {
	for target := range tmpfsOf(m) {
		m.mounts = append(m.mounts, &mount{kind: "volume", target: target, request: object{}})
	}
	delete(m.host, "Tmpfs")
}

// keepTmpfs mounts volumes in memory, each held by another container, so that the
// kernel keeps their contents when the new container stops.
func keepTmpfs(m *creation) {
	for target, options := range maps.Clone(tmpfsOf(m)) {
		m.mountVolume(target, m.memoryVolume(text(options)))
	}
}

// shareTmpfs is keepTmpfs with one volume for all containers with the same target.
func shareTmpfs(m *creation) {
	for target, options := range maps.Clone(tmpfsOf(m)) {
		if len(m.noted("shared "+target)) == 0 {
			m.add("shared "+target, m.memoryVolume(text(options)))
		}
		m.mountVolume(target, m.noted("shared " + target)[0])
	}
}

// memoryVolume creates a volume in memory and a container that holds it. It
// returns the volume's name, or "" if the engine refuses.
func (m *creation) memoryVolume(options string) string {
	volume, err := m.behind.CreateVolume(m.r.Context(), engine.VolumeSpec{Labels: m.labels(), Options: map[string]string{
		"type": "tmpfs", "device": "tmpfs", "o": strings.TrimSuffix("nosuid,nodev,noexec,"+options, ","),
	}})
	if err != nil || m.hold(volume.Name) == "" {
		return ""
	}
	return volume.Name
}

// hold keeps a volume mounted in a container of the fault's own. It returns the
// container's id, or "" if the engine refuses.
func (c *call) hold(volume string) string {
	ctx := c.r.Context()
	holder, _, err := c.behind.CreateContainer(ctx, engine.ContainerSpec{
		Image: c.probe, Cmd: probe.Hold().Args, Labels: c.labels(), Binds: []string{volume + ":/held"},
	})
	if err != nil || c.behind.StartContainer(ctx, holder) != nil {
		return ""
	}
	return holder
}

// mountVolume mounts a volume in place of a tmpfs.
func (m *creation) mountVolume(target, volume string) {
	if volume != "" {
		delete(tmpfsOf(m), target)
		m.mounts = append(m.mounts, &mount{kind: "volume", source: volume, target: target, request: object{"VolumeOptions": object{"NoCopy": true}}})
	}
}
