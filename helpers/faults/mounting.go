package faults

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/holdfast/holdfast/helpers/engine"
	"github.com/holdfast/holdfast/helpers/probe"
)

// mounting are the faults of what a container mounts.
var mounting = []Fault{
	{"bind-dropped", "takes `-v HOST:PATH` and mounts nothing", []rule{made(func(m *creation) { m.drop(shortBind) })}},
	{"bind-mount-dropped", "takes `--mount type=bind` and mounts nothing", []rule{made(func(m *creation) { m.drop(longBind) })}},
	{"bind-copied", "copies a bind mount's folder when the container is made, and mounts the copy", []rule{made(copyBinds)}},
	{"bind-elsewhere", "mounts another folder of the host than the one that was named", []rule{made(func(m *creation) {
		m.each(anyFolder, elsewhere)
	})}},
	{"bind-elsewhere-later", "mounts another folder of the host in every container but the first that names it", []rule{made(func(m *creation) {
		m.each(anyFolder, func(a *mount) {
			if !m.first("mounted " + a.source) {
				elsewhere(a)
			}
		})
	})}},
	{"bind-read-only-ignored", "mounts `-v HOST:PATH:ro` writable", []rule{made(func(m *creation) {
		m.each(shortBind, func(a *mount) { a.withoutMode("ro") })
	})}},
	{"mount-read-only-ignored", "mounts `--mount readonly` writable", []rule{made(func(m *creation) {
		m.each(func(a *mount) bool { return !a.short }, func(a *mount) { delete(a.given, "ReadOnly") })
	})}},
	{"target-left-out", "takes `-v PATH:ro` for `-v PATH:PATH:ro`", []rule{made(func(m *creation) {
		m.each(func(a *mount) bool { return a.short && a.target == "ro" }, func(a *mount) { a.target, a.modes = a.source, []string{"ro"} })
	})}},
	{"mount-invented", "mounts a volume for logs that nobody asked for", []rule{made(func(m *creation) {
		m.mounts = append(m.mounts, &mount{kind: "volume", target: "/var/log", given: object{}})
	})}},
	{"bind-read-only", "mounts every bind mount read-only", []rule{made(func(m *creation) {
		m.each(anyBind, readOnly)
	})}},
	{"bind-propagation-ignored", "leaves out the propagation of a bind mount", []rule{made(func(m *creation) {
		m.each(anyBind, func(a *mount) {
			for _, mode := range []string{"rshared", "shared", "rslave", "slave", "private"} {
				a.withoutMode(mode)
			}
			delete(a.option("BindOptions"), "Propagation")
		})
	})}},
	{"volume-dropped", "takes `-v VOLUME:PATH` and mounts nothing", []rule{made(func(m *creation) { m.drop(shortVolume) })}},
	{"volume-mount-dropped", "takes `--mount type=volume` and mounts nothing", []rule{made(func(m *creation) { m.drop(longVolume) })}},
	{"anonymous-volume-dropped", "makes no anonymous volume", []rule{made(func(m *creation) { delete(m.config, "Volumes") })}},
	{"volume-fresh", "gives each container a new, empty volume in place of the named one", []rule{made(func(m *creation) {
		m.each(volumeByName, func(a *mount) { a.source = fmt.Sprintf("%s-%d", a.source, len(m.count("fresh"))) })
	})}},
	{"volume-shared", "mounts one and the same volume, whatever volume is named", []rule{made(func(m *creation) {
		m.each(volumeByName, func(a *mount) { a.source = m.keep("shared", a.source) })
	})}},
	{"volume-read-only", "mounts every volume read-only", []rule{made(func(m *creation) { m.each(volumeByName, readOnly) })}},
	{"volume-misplaced", "mounts a volume at another path than the one that was named", []rule{made(func(m *creation) {
		m.each(volumeByName, func(a *mount) { a.target += "-elsewhere" })
	})}},
	{"volume-in-memory", "keeps a volume in memory, where it is empty as soon as nobody uses it", []rule{on(http.MethodPost, "/volumes/create", func(c *call) {
		c.rewrite(func(asked object) {
			if asked["DriverOpts"] == nil && asked["Driver"] != "nfs" {
				asked["DriverOpts"] = object{"type": "tmpfs", "device": "tmpfs"}
			}
		})
	}), telling("/volumes/*", withoutOptions)}},
	{"nocopy-ignored", "copies the image's files into a volume that asked for nocopy", []rule{made(func(m *creation) {
		m.each(volumeByName, func(a *mount) {
			a.withoutMode("nocopy")
			delete(a.option("VolumeOptions"), "NoCopy")
		})
	})}},
	{"image-files-not-copied", "leaves a new volume empty where the image has files", []rule{made(func(m *creation) {
		m.each(volumeByName, func(a *mount) {
			if a.short {
				a.modes = append(a.modes, "nocopy")
				return
			}
			if a.option("VolumeOptions") == nil {
				a.given["VolumeOptions"] = object{}
			}
			a.option("VolumeOptions")["NoCopy"] = true
		})
	})}},
	{"subpath-ignored", "mounts the whole volume in place of its subpath", []rule{made(func(m *creation) {
		m.each(volumeByName, func(a *mount) { delete(a.option("VolumeOptions"), "Subpath") })
	})}},
}

func readOnly(a *mount) {
	if a.short {
		a.withoutMode("ro")
		a.modes = append(a.modes, "ro")
		return
	}
	a.given["ReadOnly"] = true
}

// anyFolder tells whether a mount is a bind of a folder, be it there or not yet.
func anyFolder(a *mount) bool {
	info, err := os.Stat(a.source)
	return a.kind == "bind" && (err != nil || info.IsDir())
}

func elsewhere(a *mount) {
	a.source += "-elsewhere"
	if !a.short {
		_ = os.MkdirAll(a.source, 0o777) // --mount makes no folder; where this fails, the engine says so
	}
}

// copyBinds puts a filled volume in the place of each folder of the host.
func copyBinds(m *creation) {
	m.each(anyFolder, func(a *mount) {
		source, target := a.source, a.target
		a.kind, a.source = "volume", ""
		if !a.short {
			delete(a.given, "BindOptions")
		}
		m.then = append(m.then, func(id string) { m.fill(id, source, target) })
	})
}

// fill copies a folder of the host into a container that has not started.
func (m *creation) fill(id, source, target string) {
	helper, _, err := m.behind.CreateContainer(m.r.Context(), engine.ContainerSpec{
		Image: m.probe, Cmd: probe.Hold().Args, Labels: m.own(), Binds: []string{source + ":/source"},
	})
	if err != nil {
		return
	}
	read := m.ask(http.MethodGet, "/containers/"+helper+"/archive", url.Values{"path": {"/source/."}}, nil)
	if read.ok() {
		m.ask(http.MethodPut, "/containers/"+id+"/archive", url.Values{"path": {target}}, read.body)
	}
	m.ask(http.MethodDelete, "/containers/"+helper, nil, nil)
}

// withoutOptions hides what a fault asked for by itself.
func withoutOptions(_ *call, volume object) object {
	if options, _ := volume["Options"].(object); len(options) == 2 && strings.HasPrefix(text(options["device"]), "tmpfs") {
		volume["Options"] = nil
	}
	return volume
}
