package faults

import (
	"net/http"
	"slices"
	"strings"
)

// showing are the faults of what inspect shows.
var showing = []Fault{
	{"inspect-wrong-name", "shows another name of a volume", []rule{ofVolume("Name", "another")}},
	{"inspect-wrong-driver", "shows another driver of a volume", []rule{ofVolume("Driver", "another"), ofMounts("Driver", func(any) any { return "another" })}},
	{"inspect-wrong-scope", "shows the scope of a swarm for a local volume", []rule{ofVolume("Scope", "global")}},
	{"inspect-wrong-mountpoint", "shows a folder that is not the volume's", []rule{ofVolume("Mountpoint", "/var/lib/nowhere/_data")}},
	{"inspect-wrong-time", "shows that every volume was created in 2000", []rule{ofVolume("CreatedAt", "2000-01-01T00:00:00Z")}},
	{"inspect-empty-maps", "shows labels and options that nobody set as {} and not as null", []rule{telling("/volumes/*", func(_ *call, volume object) object {
		for _, field := range []string{"Labels", "Options"} {
			if volume[field] == nil {
				volume[field] = object{}
			}
		}
		return volume
	})}},
	{"inspect-finds-anything", "shows a volume of any name, be there one or not", []rule{on(http.MethodGet, "/volumes/*", func(c *call) {
		said := c.engine()
		if said.status != http.StatusNotFound {
			c.reply(said)
			return
		}
		c.say(http.StatusOK, object{"Name": c.names[0], "Driver": "local", "Scope": "local", "Mountpoint": "/var/lib/docker/volumes/" + c.names[0] + "/_data"})
	})}},
	{"inspect-no-labels", "shows no labels of a volume", []rule{ofVolume("Labels", nil)}},
	{"inspect-no-options", "shows no options of a volume", []rule{ofVolume("Options", nil)}},
	{"inspect-more-fields", "shows a field of a volume that Docker does not know", []rule{ofVolume("Anonymous", true)}},
	{"inspect-fewer-fields", "does not show the scope of a volume", []rule{telling("/volumes/*", func(_ *call, volume object) object {
		delete(volume, "Scope")
		return volume
	})}},
	{"inspect-read-write-inverted", "shows read-only mounts as writable and writable ones as read-only", []rule{ofMounts("RW", func(was any) any { return was != true })}},
	{"inspect-no-mounts", "shows no mounts of a container", []rule{telling("/containers/*/json", func(_ *call, container object) object {
		container["Mounts"] = []any{}
		return container
	})}},
	{"inspect-mounts-as-binds", "shows volumes as bind mounts", []rule{ofMounts("Type", func(any) any { return "bind" })}},
	{"inspect-mounts-as-volumes", "shows bind mounts as volumes", []rule{ofMounts("Type", func(any) any { return "volume" })}},
	{"inspect-other-source", "shows another source of a mount", []rule{telling("/containers/*/json", func(_ *call, container object) object {
		for _, mounted := range objects(container["Mounts"]) {
			mounted["Source"], mounted["Name"] = "/another", "another"
		}
		return container
	})}},
	{"inspect-wrong-exit-code", "shows that every program ended with code 1", []rule{ofState("ExitCode", 1)}},
	{"inspect-wrong-state", "shows that every container runs", []rule{ofState("Status", "running")}},
	{"inspect-always-restarted", "shows another time of start each time", []rule{telling("/containers/*/json", func(c *call, container object) object {
		if state, _ := container["State"].(object); state != nil {
			state["StartedAt"] = strings.Repeat("2", 4) + "-01-01T00:00:00." + strings.Repeat("1", 1+len(c.count("starts"))%9) + "Z"
		}
		return container
	})}},
	{"inspect-shows-files", "shows the files that were copied into a container, its secrets among them", []rule{
		on(http.MethodPut, "/containers/*/archive", func(c *call) {
			c.note("copied", string(c.body()))
			c.pass()
		}),
		telling("/containers/*/json", func(c *call, container object) object {
			container["Copied"] = c.noted("copied")
			return container
		}),
	}},
	{"image-inspect-wrong", "shows another command, folder and no ports of an image", []rule{telling("/images/**/json", func(_ *call, image object) object {
		if config, _ := image["Config"].(object); config != nil {
			config["Cmd"], config["WorkingDir"], config["ExposedPorts"] = []any{"another"}, "/another", nil
		}
		return image
	})}},
	{"image-changes", "shows another image of every container but the first of its image", []rule{telling("/containers/*/json", func(c *call, container object) object {
		if id := text(container["Id"]); c.keep("first of "+text(container["Image"]), id) != id {
			container["Image"] = "sha256:" + strings.Repeat("0", 64)
		}
		return container
	})}},
	{"history-wrong-size", "shows that every layer of an image is large", []rule{telling("/images/**/history", func(_ *call, layers []object) []object {
		for _, layer := range layers {
			layer["Size"] = 1 << 30
		}
		return layers
	})}},
	{"changes-empty", "shows that a container changed nothing in its layer", []rule{on(http.MethodGet, "/containers/*/changes", func(c *call) { c.say(http.StatusOK, nil) })}},
	{"changes-with-mounts", "shows what a container wrote into its mounts as changes of its layer", []rule{telling("/containers/*/changes", func(c *call, changes []object) []object {
		for _, path := range c.inMounts(c.names[0]) {
			changes = append(changes, object{"Path": path, "Kind": 1})
		}
		return changes
	})}},
	{"info-wrong-memory", "tells half of the memory that its host has", []rule{telling("/info", func(_ *call, info object) object {
		info["MemTotal"] = 1 << 29
		return info
	})}},
	{"api-outdated", "speaks API 1.41 only", []rule{pinging(http.MethodHead), pinging(http.MethodGet)}},
	{"info-wrong-root", "tells another folder than that in which it keeps its data", []rule{telling("/info", func(_ *call, info object) object {
		info["DockerRootDir"] = "/var/lib/nowhere"
		return info
	})}},
}

// pinging makes a rule for the question with which a client begins.
func pinging(method string) rule {
	return on(method, "/_ping", func(c *call) {
		said := c.engine()
		said.header.Set("Api-Version", "1.41")
		c.reply(said)
	})
}

// ofVolume makes a rule that shows something else of each volume.
func ofVolume(field string, value any) rule {
	return telling("/volumes/*", func(_ *call, volume object) object {
		volume[field] = value
		return volume
	})
}

// ofMounts makes a rule that shows something else of each mount of a container.
func ofMounts(field string, change func(any) any) rule {
	return telling("/containers/*/json", func(_ *call, container object) object {
		for _, mounted := range objects(container["Mounts"]) {
			mounted[field] = change(mounted[field])
		}
		return container
	})
}

func ofState(field string, value any) rule {
	return telling("/containers/*/json", func(_ *call, container object) object {
		if state, _ := container["State"].(object); state != nil {
			state[field] = value
		}
		return container
	})
}

// listing are the faults of what ls and ps list.
var listing = []Fault{
	{"ls-forgets", "leaves the first volume out of the list", []rule{ofVolumes(func(_ *call, volumes []object) []object {
		return volumes[min(1, len(volumes)):]
	})}},
	{"ls-forgets-unnamed", "leaves anonymous volumes out of the list", []rule{ofVolumes(func(_ *call, volumes []object) []object {
		return slices.DeleteFunc(volumes, func(v object) bool { return len(text(v["Name"])) == 64 })
	})}},
	{"ls-invents", "lists a volume that does not exist", []rule{ofVolumes(func(_ *call, volumes []object) []object {
		return append(volumes, object{"Name": "invented", "Driver": "local", "Scope": "local", "Mountpoint": "/nowhere"})
	})}},
	{"ls-wrong-driver", "lists every volume with another driver", []rule{ofVolumes(func(_ *call, volumes []object) []object {
		for _, volume := range volumes {
			volume["Driver"] = "another"
		}
		return volumes
	})}},
	{"ls-lists-removed", "lists volumes that are removed", []rule{on(http.MethodDelete, "/volumes/*", func(c *call) {
		was := c.ask(http.MethodGet, "/volumes/"+c.names[0], nil, nil)
		said := c.engine()
		if said.ok() {
			c.note("removed", string(was.body))
		}
		c.reply(said)
	}), ofVolumes(func(c *call, volumes []object) []object {
		for _, gone := range c.noted("removed") {
			volumes = append(volumes, answer{body: []byte(gone)}.object())
		}
		return volumes
	})}},
	{"ps-lists-removed", "lists containers that are removed", []rule{on(http.MethodDelete, "/containers/*", func(c *call) {
		said := c.engine()
		if said.ok() {
			c.note("removed", c.names[0])
		}
		c.reply(said)
	}), telling("/containers/json", func(c *call, containers []object) []object {
		for _, gone := range c.noted("removed") {
			containers = append(containers, object{"Id": gone, "Names": []any{"/" + gone}, "State": "exited", "Labels": object{}})
		}
		return containers
	})}},
	{"inspect-finds-removed", "goes on to show a removed container", []rule{on(http.MethodDelete, "/containers/*", func(c *call) {
		was := c.ask(http.MethodGet, "/containers/"+c.names[0]+"/json", nil, nil)
		said := c.engine()
		if said.ok() {
			c.note("removed "+c.names[0], string(was.body))
		}
		c.reply(said)
	}), on(http.MethodGet, "/containers/*/json", func(c *call) {
		for _, was := range c.noted("removed " + c.names[0]) {
			c.say(http.StatusOK, answer{body: []byte(was)}.object())
			return
		}
		c.pass()
	})}},
}

func ofVolumes(change func(*call, []object) []object) rule {
	return telling("/volumes", func(c *call, list object) object {
		list["Volumes"] = change(c, objects(list["Volumes"]))
		return list
	})
}
