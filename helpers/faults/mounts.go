package faults

import (
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
)

// mountFaults concern what a container mounts.
var mountFaults = []Fault{
	{"bind-dropped", "accepts `-v HOST:PATH` and mounts nothing", []rule{onCreate(func(m *creation) { m.drop(shortBind) })}},
	{"bind-mount-dropped", "accepts `--mount type=bind` and mounts nothing", []rule{onCreate(func(m *creation) { m.drop(longBind) })}},
	{"bind-copied", "copies the source of a bind mount when the container is created, and mounts the copy", []rule{onCreate(copyBinds)}},
	{"bind-elsewhere", "binds another directory of the host", []rule{eachMount(directoryBind, elsewhere)}},
	{"bind-elsewhere-later", "binds another directory of the host in every container but the first", []rule{onCreate(func(m *creation) {
		m.each(directoryBind, func(a *mount) {
			if m.count("mounted "+a.source) > 1 {
				elsewhere(a)
			}
		})
	})}},
	{"bind-read-only-ignored", "mounts `-v HOST:PATH:ro` writable", []rule{eachMount(shortBind, func(a *mount) { a.removeModes("ro") })}},
	{"mount-read-only-ignored", "mounts `--mount readonly` writable", []rule{eachMount(byLong, func(a *mount) { delete(a.request, "ReadOnly") })}},
	{"target-left-out", "reads `-v PATH:ro` as `-v PATH:PATH:ro`", []rule{
		eachMount(func(a *mount) bool { return a.short && a.target == "ro" }, func(a *mount) { a.target, a.modes = a.source, []string{"ro"} }),
	}},
	{"mount-invented", "mounts a volume for logs without being asked", []rule{onCreate(func(m *creation) {
		m.mounts = append(m.mounts, &mount{kind: "volume", target: "/var/log", request: object{}})
	})}},
	{"bind-read-only", "mounts every bind mount read-only", []rule{eachMount(anyBind, readOnly)}},
	{"bind-propagation-ignored", "ignores the propagation of a bind mount", []rule{eachMount(anyBind, func(a *mount) {
		for _, mode := range []string{"rshared", "shared", "rslave", "slave", "private"} {
			a.removeModes(mode)
		}
		delete(a.option("BindOptions"), "Propagation")
	})}},
	{"volume-dropped", "accepts `-v VOLUME:PATH` and mounts nothing", []rule{onCreate(func(m *creation) { m.drop(shortVolume) })}},
	{"volume-mount-dropped", "accepts `--mount type=volume` and mounts nothing", []rule{onCreate(func(m *creation) { m.drop(longVolume) })}},
	{"anonymous-volume-dropped", "creates no anonymous volume", []rule{onCreate(func(m *creation) { delete(m.config, "Volumes") })}},
	{"volume-fresh", "mounts a new, empty volume in each container in place of the named one", []rule{onCreate(func(m *creation) {
		m.each(namedVolume, func(a *mount) { a.source = fmt.Sprintf("%s-%d", a.source, m.count("fresh")) })
	})}},
	{"volume-shared", "mounts the same volume whatever the name", []rule{onCreate(func(m *creation) {
		m.each(namedVolume, func(a *mount) { a.source = m.add("shared", a.source)[0] })
	})}},
	{"volume-read-only", "mounts every volume read-only", []rule{eachMount(namedVolume, readOnly)}},
	{"volume-misplaced", "mounts a volume at another path", []rule{eachMount(namedVolume, func(a *mount) { a.target += "-elsewhere" })}},
	{"volume-in-memory", "keeps a volume in memory, and loses its contents when no container uses it", []rule{onVolumeCreate(func(asked object) {
		if asked["DriverOpts"] == nil && asked["Driver"] != "nfs" {
			asked["DriverOpts"] = object{"type": "tmpfs", "device": "tmpfs"}
		}
	}), rewrite("/volumes/*", hideTmpfsOptions)}},
	{"nocopy-ignored", "copies the image's files to a volume with nocopy", []rule{eachMount(namedVolume, func(a *mount) {
		a.removeModes("nocopy")
		delete(a.option("VolumeOptions"), "NoCopy")
	})}},
	{"image-files-not-copied", "does not copy the image's files to a new volume", []rule{eachMount(namedVolume, func(a *mount) {
		if a.short {
			a.modes = append(a.modes, "nocopy")
			return
		}
		if a.option("VolumeOptions") == nil {
			a.request["VolumeOptions"] = object{}
		}
		a.option("VolumeOptions")["NoCopy"] = true
	})}},
	{"subpath-ignored", "mounts the whole volume in place of its subpath", []rule{eachMount(namedVolume, func(a *mount) {
		delete(a.option("VolumeOptions"), "Subpath")
	})}},
}

func readOnly(a *mount) {
	if a.short {
		a.removeModes("ro")
		a.modes = append(a.modes, "ro")
		return
	}
	a.request["ReadOnly"] = true
}

// directoryBind reports whether a mount binds a directory, or a path that does not
// exist yet.
func directoryBind(a *mount) bool {
	info, err := os.Stat(a.source)
	return a.kind == "bind" && (err != nil || info.IsDir())
}

func elsewhere(a *mount) {
	a.source += "-elsewhere"
	if !a.short {
		_ = os.MkdirAll(a.source, 0o777) // --mount creates no directory; if this fails, so does the engine
	}
}

// copyBinds replaces each bound directory with a volume and fills it.
func copyBinds(m *creation) {
	m.each(directoryBind, func(a *mount) {
		source, target := a.source, a.target
		a.kind, a.source = "volume", ""
		if !a.short {
			delete(a.request, "BindOptions")
			delete(a.request, "ReadOnly") // an unnamed volume cannot be read-only
		}
		m.then = append(m.then, func(id string) { m.copyFromHost(id, source, target) })
	})
}

// copyFromHost copies a directory of the host to a container that has not started.
func (m *creation) copyFromHost(id, source, target string) {
	helper, _, err := m.behind.CreateContainer(m.r.Context(), engine.ContainerSpec{
		Image: m.probe, Cmd: probe.Hold().Args, Labels: m.labels(), Binds: []string{source + ":/source"},
	})
	if err != nil {
		return
	}
	if archive := m.archive(helper, "/source/."); archive.ok() {
		m.extract(id, target, archive.body)
	}
	m.request(http.MethodDelete, "/containers/"+helper, nil, nil)
}

// hideTmpfsOptions hides the options that volume-in-memory added.
func hideTmpfsOptions(_ *call, volume object) object {
	if options, _ := volume["Options"].(object); len(options) == 2 && strings.HasPrefix(text(options["device"]), "tmpfs") {
		volume["Options"] = nil
	}
	return volume
}
