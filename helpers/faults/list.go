package faults

import (
	"net/http"
	"slices"
)

// listFaults concern what ls and ps list.
var listFaults = []Fault{
	{"ls-forgets", "omits the first volume from the list", []rule{rewriteVolumeList(func(_ *call, volumes []object) []object {
		return volumes[min(1, len(volumes)):]
	})}},
	{"ls-forgets-unnamed", "omits anonymous volumes from the list", []rule{rewriteVolumeList(func(_ *call, volumes []object) []object {
		return slices.DeleteFunc(volumes, func(v object) bool { return len(text(v["Name"])) == 64 })
	})}},
	{"ls-invents", "lists a volume that does not exist", []rule{rewriteVolumeList(func(_ *call, volumes []object) []object {
		return append(volumes, object{"Name": "invented", "Driver": "local", "Scope": "local", "Mountpoint": "/nowhere"})
	})}},
	{"ls-wrong-driver", "lists every volume with another driver", []rule{rewriteVolumeList(func(_ *call, volumes []object) []object {
		for _, volume := range volumes {
			volume["Driver"] = "another"
		}
		return volumes
	})}},
	{"ls-lists-removed", "lists volumes that are removed", []rule{on(http.MethodDelete, "/volumes/*", func(c *call) {
		before := c.request(http.MethodGet, "/volumes/"+c.names[0], nil, nil)
		response := c.engine()
		if response.ok() {
			c.add("removed", string(before.body))
		}
		c.reply(response)
	}), rewriteVolumeList(func(c *call, volumes []object) []object {
		for _, removed := range c.noted("removed") {
			volumes = append(volumes, answer{body: []byte(removed)}.object())
		}
		return volumes
	})}},
	{"ps-lists-removed", "lists containers that are removed", []rule{onSuccess(http.MethodDelete, "/containers/*", func(c *call, _ answer) { c.add("removed", c.names[0]) }), rewrite("/containers/json", func(c *call, containers []object) []object {
		for _, removed := range c.noted("removed") {
			containers = append(containers, object{"Id": removed, "Names": []any{"/" + removed}, "State": "exited", "Labels": object{}})
		}
		return containers
	})}},
	{"inspect-finds-removed", "still shows a removed container", []rule{on(http.MethodDelete, "/containers/*", func(c *call) {
		before := c.request(http.MethodGet, "/containers/"+c.names[0]+"/json", nil, nil)
		response := c.engine()
		if response.ok() {
			c.add("removed "+c.names[0], string(before.body))
		}
		c.reply(response)
	}), on(http.MethodGet, "/containers/*/json", func(c *call) {
		if before := c.noted("removed " + c.names[0]); len(before) > 0 {
			c.replyJSON(http.StatusOK, answer{body: []byte(before[0])}.object())
			return
		}
		c.pass()
	})}},
}

// rewriteVolumeList returns a rule that changes the list of volumes.
func rewriteVolumeList(change func(*call, []object) []object) rule {
	return rewrite("/volumes", func(c *call, list object) object {
		list["Volumes"] = change(c, objects(list["Volumes"]))
		return list
	})
}
