package faults

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
)

// inMemory are the faults of tmpfs mounts.
var inMemory = []Fault{
	{"tmpfs-dropped", "takes `--tmpfs PATH` and mounts nothing", []rule{made(func(m *creation) { delete(m.host, "Tmpfs") })}},
	{"tmpfs-on-disk", "puts an anonymous volume where a tmpfs was asked for", []rule{made(tmpfsToVolumes)}},
	{"tmpfs-kept", "keeps what a tmpfs holds until the container is removed", []rule{made(keepTmpfs)}},
	{"tmpfs-shared", "mounts the same memory at a path in every container, and keeps what is in it", []rule{made(shareTmpfs)}},
	{"tmpfs-options-ignored", "ignores all options of a tmpfs", []rule{retmpfs(func(string) string { return "" })}},
	{"tmpfs-size-ignored", "ignores the size of a tmpfs", []rule{retmpfs(without("size"))}},
	{"tmpfs-size-doubled", "makes a tmpfs twice as large as it was asked to", []rule{retmpfs(func(options string) string {
		return regexp.MustCompile(`size=1m\b`).ReplaceAllString(options, "size=2m")
	})}},
	{"tmpfs-mode-ignored", "ignores the mode of a tmpfs", []rule{retmpfs(without("mode"))}},
	{"tmpfs-small", "limits a tmpfs to 64 MB where nobody asked for a limit", []rule{retmpfs(func(options string) string {
		if strings.Contains(options, "size=") {
			return options
		}
		return strings.TrimPrefix(options+",size=64m", ",")
	})}},
	{"tmpfs-executable", "mounts a tmpfs without nosuid, nodev and noexec", []rule{retmpfs(func(options string) string {
		return strings.TrimPrefix(options+",exec,suid,dev", ",")
	})}},
}

// retmpfs makes a rule that changes the options of each tmpfs.
func retmpfs(change func(options string) string) rule {
	return made(func(m *creation) {
		all := tmpfsOf(m)
		for target, options := range all {
			all[target] = change(text(options))
		}
	})
}

// without leaves an option out.
func without(name string) func(string) string {
	return func(options string) string {
		kept := slices.DeleteFunc(strings.Split(options, ","), func(option string) bool { return strings.HasPrefix(option, name+"=") })
		return strings.Join(kept, ",")
	}
}

func tmpfsToVolumes(m *creation) {
	for target := range tmpfsOf(m) {
		m.mounts = append(m.mounts, &mount{kind: "volume", target: target, given: object{}})
	}
	delete(m.host, "Tmpfs")
}

// keepTmpfs mounts volumes that are in memory, and has another container hold
// them, so that the kernel keeps them when the container that is made stops.
func keepTmpfs(m *creation) {
	for target, options := range maps.Clone(tmpfsOf(m)) {
		m.remount(target, m.hold(text(options)))
	}
}

// shareTmpfs does so with one volume for all containers that name the same path.
func shareTmpfs(m *creation) {
	for target, options := range maps.Clone(tmpfsOf(m)) {
		if len(m.noted("shared "+target)) == 0 {
			m.note("shared "+target, m.hold(text(options)))
		}
		m.remount(target, m.noted("shared " + target)[0])
	}
}

// hold makes a volume in memory and a container that holds it, and tells its
// name; empty where the engine would not.
func (m *creation) hold(options string) string {
	ctx := m.r.Context()
	volume, err := m.behind.CreateVolume(ctx, engine.VolumeSpec{Labels: m.own(), Options: map[string]string{
		"type": "tmpfs", "device": "tmpfs", "o": strings.TrimSuffix("nosuid,nodev,noexec,"+options, ","),
	}})
	if err != nil {
		return ""
	}
	holder, _, err := m.behind.CreateContainer(ctx, engine.ContainerSpec{
		Image: m.probe, Cmd: probe.Hold().Args, Labels: m.own(), Binds: []string{volume.Name + ":/held"},
	})
	if err != nil || m.behind.StartContainer(ctx, holder) != nil {
		return ""
	}
	return volume.Name
}

// remount mounts a volume where a tmpfs was asked for.
func (m *creation) remount(target, volume string) {
	if volume != "" {
		delete(tmpfsOf(m), target)
		m.mounts = append(m.mounts, &mount{kind: "volume", source: volume, target: target, given: object{"VolumeOptions": object{"NoCopy": true}}})
	}
}

// rewrite changes the JSON of the request and hands it on.
func (c *call) rewrite(change func(object)) {
	c.rewritten(change)
	c.pass()
}
