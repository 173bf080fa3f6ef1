package faults

import (
	"net/http"
	"strings"
)

// inspectFaults concern what inspect, diff, history and info show.
var inspectFaults = []Fault{
	{"inspect-wrong-name", "shows another name of a volume", []rule{volumeField("Name", "another")}},
	{"inspect-wrong-driver", "shows another driver of a volume", []rule{volumeField("Driver", "another"), mountField("Driver", func(any) any { return "another" })}},
	{"inspect-wrong-scope", "shows the scope of a local volume as global", []rule{volumeField("Scope", "global")}},
	{"inspect-wrong-mountpoint", "shows another directory as the volume's mountpoint", []rule{volumeField("Mountpoint", "/var/lib/nowhere/_data")}},
	{"inspect-wrong-time", "shows the year 2000 as the creation time of every volume", []rule{volumeField("CreatedAt", "2000-01-01T00:00:00Z")}},
	{"inspect-empty-maps", "shows missing labels and options as {} instead of null", []rule{rewrite("/volumes/*", func(_ *call, volume object) object {
		for _, field := range []string{"Labels", "Options"} {
			if volume[field] == nil {
				volume[field] = object{}
			}
		}
		return volume
	})}},
	{"inspect-finds-anything", "shows a volume of any name, whether it exists or not", []rule{on(http.MethodGet, "/volumes/*", func(c *call) {
		response := c.engine()
		if response.status != http.StatusNotFound {
			c.reply(response)
			return
		}
		c.replyJSON(http.StatusOK, object{"Name": c.names[0], "Driver": "local", "Scope": "local", "Mountpoint": "/var/lib/docker/volumes/" + c.names[0] + "/_data"})
	})}},
	{"inspect-no-labels", "shows no labels of a volume", []rule{volumeField("Labels", nil)}},
	{"inspect-no-options", "shows no options of a volume", []rule{volumeField("Options", nil)}},
	{"inspect-more-fields", "shows an additional field of a volume", []rule{volumeField("Anonymous", true)}},
	{"inspect-fewer-fields", "does not show the scope of a volume", []rule{rewrite("/volumes/*", func(_ *call, volume object) object {
		delete(volume, "Scope")
		return volume
	})}},
	{"inspect-read-write-inverted", "shows read-only mounts as writable and writable ones as read-only", []rule{mountField("RW", func(was any) any { return was != true })}},
	{"inspect-no-mounts", "shows no mounts of a container", []rule{rewrite("/containers/*/json", func(_ *call, container object) object {
		container["Mounts"] = []any{}
		return container
	})}},
	{"inspect-mounts-as-binds", "shows volumes as bind mounts", []rule{mountField("Type", func(any) any { return "bind" })}},
	{"inspect-mounts-as-volumes", "shows bind mounts as volumes", []rule{mountField("Type", func(any) any { return "volume" })}},
	{"inspect-other-source", "shows another source of a mount", []rule{rewrite("/containers/*/json", func(_ *call, container object) object {
		for _, mounted := range objects(container["Mounts"]) {
			mounted["Source"], mounted["Name"] = "/another", "another"
		}
		return container
	})}},
	{"inspect-wrong-exit-code", "shows exit code 1 for every container", []rule{stateField("ExitCode", 1)}},
	{"inspect-wrong-state", "shows every container as running", []rule{stateField("Status", "running")}},
	{"inspect-always-restarted", "shows another start time on each request", []rule{rewrite("/containers/*/json", func(c *call, container object) object {
		if state, _ := container["State"].(object); state != nil {
			state["StartedAt"] = strings.Repeat("2", 4) + "-01-01T00:00:00." + strings.Repeat("1", 1+c.count("starts")%9) + "Z"
		}
		return container
	})}},
	{"inspect-shows-files", "shows the files that were copied into a container, including secrets", []rule{
		on(http.MethodPut, "/containers/*/archive", func(c *call) {
			c.add("copied", string(c.body()))
			c.pass()
		}),
		rewrite("/containers/*/json", func(c *call, container object) object {
			container["Copied"] = c.noted("copied")
			return container
		}),
	}},
	{"image-inspect-wrong", "shows another command and working directory, and no ports, of an image", []rule{rewrite("/images/**/json", func(_ *call, image object) object {
		if config, _ := image["Config"].(object); config != nil {
			config["Cmd"], config["WorkingDir"], config["ExposedPorts"] = []any{"another"}, "/another", nil
		}
		return image
	})}},
	{"image-changes", "shows another image for every container but the first of an image", []rule{rewrite("/containers/*/json", func(c *call, container object) object {
		if id := text(container["Id"]); c.add("first of "+text(container["Image"]), id)[0] != id {
			container["Image"] = "sha256:" + strings.Repeat("0", 64)
		}
		return container
	})}},
	{"history-wrong-size", "shows a size of 1 GB for every layer of an image", []rule{rewrite("/images/**/history", func(_ *call, layers []object) []object {
		for _, layer := range layers {
			layer["Size"] = 1 << 30
		}
		return layers
	})}},
	{"changes-empty", "shows that a container changed nothing in its layer", []rule{on(http.MethodGet, "/containers/*/changes", func(c *call) { c.replyJSON(http.StatusOK, nil) })}},
	{"changes-with-mounts", "shows files in a container's mounts as changes of its layer", []rule{rewrite("/containers/*/changes", func(c *call, changes []object) []object {
		for _, path := range c.filesInMounts(c.names[0]) {
			changes = append(changes, object{"Path": path, "Kind": 1})
		}
		return changes
	})}},
	{"info-wrong-memory", "reports 512 MB as its host's memory", []rule{rewrite("/info", func(_ *call, info object) object {
		info["MemTotal"] = 1 << 29
		return info
	})}},
	{"api-outdated", "supports API 1.41 only", []rule{oldPing(http.MethodHead), oldPing(http.MethodGet)}},
	{"info-wrong-root", "reports another data directory", []rule{rewrite("/info", func(_ *call, info object) object {
		info["DockerRootDir"] = "/var/lib/nowhere"
		return info
	})}},
}

// oldPing returns a rule for the request that negotiates the API version.
func oldPing(method string) rule {
	return on(method, "/_ping", func(c *call) {
		response := c.engine()
		response.header.Set("Api-Version", "1.41")
		c.reply(response)
	})
}

// volumeField returns a rule that changes a field of each volume.
func volumeField(field string, value any) rule {
	return rewrite("/volumes/*", func(_ *call, volume object) object {
		volume[field] = value
		return volume
	})
}

// mountField returns a rule that changes a field of each mount of a container.
func mountField(field string, change func(any) any) rule {
	return rewrite("/containers/*/json", func(_ *call, container object) object {
		for _, mounted := range objects(container["Mounts"]) {
			mounted[field] = change(mounted[field])
		}
		return container
	})
}

// stateField returns a rule that changes a field of a container's state.
func stateField(field string, value any) rule {
	return rewrite("/containers/*/json", func(_ *call, container object) object {
		if state, _ := container["State"].(object); state != nil {
			state[field] = value
		}
		return container
	})
}
