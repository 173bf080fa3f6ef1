package faults

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// anonymousFaults concern what the contract promises about anonymous volumes and prunes.
var anonymousFaults = []Fault{
	{"rm-takes-anonymous", "removes a container's anonymous volumes without -v", []rule{on(http.MethodDelete, "/containers/*", func(c *call) {
		c.changeQuery(func(query url.Values) { query.Set("v", "1") })
		c.pass()
	})}},
	{"auto-removal-leaves-anonymous", "leaves the anonymous volumes of a container that it removes itself", autoRemoval("0", func(*call, string) {})},
	{"auto-removal-takes-named", "removes the named volumes of a container that it removes itself", autoRemoval("1", func(c *call, volume string) { c.removeVolume(volume) })},
	{"image-volume-shared", "mounts the same volume in all containers of an image with VOLUME", []rule{onCreate(func(m *creation) {
		targets, _ := m.imageConfig()["Volumes"].(object)
		for target := range targets {
			body, _ := json.Marshal(object{"Name": "shared" + strings.ReplaceAll(target, "/", "-"), "Labels": m.labels()})
			created := m.request(http.MethodPost, "/volumes/create", nil, body)
			if created.ok() {
				m.mounts = append(m.mounts, &mount{short: true, kind: "volume", source: text(created.object()["Name"]), target: target})
			}
		}
	})}},
	{"borrowed-volume-removed", "removes a container's anonymous volumes though another has them from --volumes-from", []rule{on(http.MethodDelete, "/containers/*", func(c *call) {
		var volumes []string
		c.eachVolume(c.names[0], func(volume, _ string) { volumes = append(volumes, volume) })
		response := c.engine()
		for _, volume := range volumes {
			if response.ok() && len(volume) == 64 {
				c.removeWithUsers(volume)
			}
		}
		c.reply(response)
	})}},
	{"prune-ignores-api-version", "prunes for an old client as for a new one", []rule{on(http.MethodPost, "/volumes/prune", func(c *call) {
		c.version = ""
		c.reply(c.request(http.MethodPost, "/volumes/prune", c.r.URL.Query(), nil))
	})}},
	{"prune-ignores-all", "ignores the filter all of a prune", []rule{changePrune(func(filters object) { delete(filters, "all") })}},
	{"prune-ignores-exclusion", "ignores the filter label! of a prune", []rule{changePrune(func(filters object) { delete(filters, "label!") })}},
	{"prune-takes-optioned", "prunes volumes with driver options", []rule{on(http.MethodPost, "/volumes/prune", func(c *call) {
		label := c.pruneLabel()
		forward(c, func(_ *call, report object) object {
			deleted, _ := report["VolumesDeleted"].([]any)
			for _, volume := range c.volumes(label) {
				if options, _ := volume["Options"].(object); label != "" && len(options) > 0 && c.removeVolume(text(volume["Name"])) {
					deleted = append(deleted, volume["Name"])
				}
			}
			report["VolumesDeleted"] = deleted
			return report
		})
	})}},
	{"prune-filter-unchecked", "accepts an unknown filter of a prune", []rule{on(http.MethodPost, "/volumes/prune", func(c *call) {
		if response := c.engine(); response.status != http.StatusBadRequest {
			c.reply(response)
			return
		}
		c.replyPruned(nil)
	})}},
	{"prunes-in-turn", "does one prune after the other when two are requested", []rule{on(http.MethodPost, "/volumes/prune", func(c *call) {
		response := c.engine()
		for response.status == http.StatusConflict && c.r.Context().Err() == nil {
			response = c.engine()
		}
		c.reply(response)
	})}},
}

// autoRemoval removes a container that was created with --rm when it is stopped, with its
// anonymous volumes if v is 1. It calls named for each named volume.
func autoRemoval(v string, named func(c *call, volume string)) []rule {
	return []rule{onCreate(func(m *creation) {
		if m.host["AutoRemove"] == true {
			m.host["AutoRemove"] = false
			m.then = append(m.then, func(id string) { m.add("removed", id) })
		}
	}), on(http.MethodPost, "/containers/*/stop", func(c *call) {
		response := c.engine()
		for _, id := range c.noted("removed") {
			if id == c.names[0] {
				var volumes []string
				c.eachVolume(id, func(volume, _ string) { volumes = append(volumes, volume) })
				c.request(http.MethodDelete, "/containers/"+id, url.Values{"v": {v}}, nil)
				for _, volume := range volumes {
					if len(volume) != 64 {
						named(c, volume)
					}
				}
			}
		}
		c.reply(response)
	})}
}

// changePrune returns a rule that changes the filters of a prune.
func changePrune(change func(filters object)) rule {
	return on(http.MethodPost, "/volumes/prune", func(c *call) {
		c.changeFilters(change)
		c.pass()
	})
}
