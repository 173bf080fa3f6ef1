package faults

import (
	"net/http"
	"path"
	"strings"
)

// driverFaults concern the options of local volumes, and other traps.
var driverFaults = []Fault{
	{"device-ignored", "creates a volume of its own in place of one that shows a device", []rule{onOptions(func(o object) bool { return o["o"] == "bind" }, clearOptions)}},
	{"tmpfs-volume-doubled", "gives a tmpfs-backed volume twice its size", []rule{onOptions(backedByTmpfs, func(options object) {
		if options["o"] == "size=1m" {
			options["o"] = "size=2m"
		}
	})}},
	{"option-forgotten", "does not show an option of a volume", []rule{rewrite("/volumes/*", func(_ *call, volume object) object {
		if options, _ := volume["Options"].(object); options != nil {
			delete(options, "o")
		}
		return volume
	})}},
	{"unknown-option-ignored", "ignores an option that the driver does not know", []rule{onOptions(anyOption, func(options object) {
		for key := range options {
			if key != "type" && key != "device" && key != "o" && key != "size" {
				delete(options, key)
			}
		}
	})}},
	{"incomplete-options-ignored", "ignores the options of a volume that are incomplete", []rule{onOptions(func(o object) bool {
		return o["size"] == nil && (o["type"] == nil || o["device"] == nil)
	}, clearOptions)}},
	{"size-ignored", "ignores the size of a volume where it has no quotas", []rule{onOptions(anyOption, func(options object) { delete(options, "size") })}},
	{"missing-device-ignored", "creates a volume of its own if the device does not exist", []rule{onOptions(func(o object) bool {
		return strings.HasPrefix(text(o["device"]), "/dev/")
	}, clearOptions)}},
	{"tmpfs-volume-not-shared", "gives each container a tmpfs of its own in place of the volume", []rule{onCreate(func(m *creation) {
		m.drop(func(a *mount) bool {
			options, _ := m.get("/volumes/" + a.source)["Options"].(object)
			if !namedVolume(a) || !backedByTmpfs(options) {
				return false
			}
			m.addTmpfs(a.target, text(options["o"]))
			return true
		})
	})}},
	{"tmpfs-volume-kept", "keeps the files of a tmpfs-backed volume", []rule{onSuccess(http.MethodPost, "/volumes/create", func(c *call, created answer) {
		volume := created.object()
		if options, _ := volume["Options"].(object); backedByTmpfs(options) {
			name := text(volume["Name"])
			if holder := c.hold(name); holder != "" {
				c.add("held "+name, holder)
			}
		}
	}), on(http.MethodDelete, "/volumes/*", func(c *call) {
		if len(c.noted("held "+c.names[0])) > 0 {
			c.reply(c.removeWithUsers(c.names[0]))
			return
		}
		c.pass()
	})}},
	{"device-emptied", "empties the device of a volume that is removed", []rule{on(http.MethodDelete, "/volumes/*", func(c *call) {
		if options, _ := c.get("/volumes/" + c.names[0])["Options"].(object); options["o"] == "bind" {
			c.empty(c.names[0])
		}
		c.pass()
	})}},
	{"cluster-volume-made-local", "creates a local volume in place of a cluster volume", []rule{onVolumeCreate(func(asked object) { delete(asked, "ClusterVolumeSpec") })}},
	{"container-size-ignored", "ignores the size of a container", []rule{onCreate(func(m *creation) { delete(m.host, "StorageOpt") })}},
	{"image-volume-replaced", "mounts a volume that is mounted below an image's VOLUME in place of it", []rule{onCreate(func(m *creation) {
		targets, _ := m.imageConfig()["Volumes"].(object)
		m.each(namedVolume, func(a *mount) {
			if parent := path.Dir(a.target); targets[parent] != nil {
				a.target = parent
			}
		})
	})}},
}

// onOptions returns a rule that changes the options of a new volume that match.
func onOptions(match func(object) bool, change func(object)) rule {
	return onVolumeCreate(func(asked object) {
		if options, _ := asked["DriverOpts"].(object); len(options) > 0 && match(options) {
			change(options)
		}
	})
}

func anyOption(object) bool { return true }

func backedByTmpfs(options object) bool {
	return options["type"] == "tmpfs" && options["device"] == "tmpfs"
}

func clearOptions(options object) { clear(options) }
