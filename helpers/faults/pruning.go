package faults

import (
	"encoding/json"
	"net/http"
)

// pruning are the faults of `docker volume prune`.
var pruning = []Fault{
	{"prune-takes-named", "prunes named volumes where only anonymous ones were asked for", []rule{on(http.MethodPost, "/volumes/prune", func(c *call) {
		query, filters := c.r.URL.Query(), map[string]any{}
		_ = json.Unmarshal([]byte(query.Get("filters")), &filters) // none where there are none
		filters["all"] = map[string]bool{"true": true}
		data, _ := json.Marshal(filters)
		query.Set("filters", string(data))
		c.r.URL.RawQuery = query.Encode()
		c.pass()
	})}},
	{"prune-takes-used", "prunes volumes that containers use, and the containers with them", []rule{on(http.MethodPost, "/volumes/prune", func(c *call) {
		label := c.pruneLabel()
		if label == "" {
			c.pass() // there is no telling whose they are
			return
		}
		var deleted []string
		for _, volume := range objects(c.list("/volumes", "label", label).object()["Volumes"]) {
			if name := text(volume["Name"]); c.seize(name).ok() {
				deleted = append(deleted, name)
			}
		}
		c.say(http.StatusOK, object{"VolumesDeleted": deleted, "SpaceReclaimed": 0})
	})}},
	{"prune-ignores-filters", "prunes unused volumes that the filter leaves out", []rule{remembering, on(http.MethodPost, "/volumes/prune", func(c *call) {
		deleted := c.removeUnused()
		c.say(http.StatusOK, object{"VolumesDeleted": deleted, "SpaceReclaimed": 0})
	})}},
	{"prune-does-nothing", "says what a prune removed, and removes nothing", []rule{on(http.MethodPost, "/volumes/prune", func(c *call) {
		var deleted []string
		for _, volume := range objects(c.list("/volumes", "label", c.pruneLabel()).object()["Volumes"]) {
			if name := text(volume["Name"]); len(c.users(name)) == 0 {
				deleted = append(deleted, name)
			}
		}
		c.say(http.StatusOK, object{"VolumesDeleted": deleted, "SpaceReclaimed": 0})
	})}},
	{"prune-says-nothing", "prunes, and says that it removed nothing", []rule{on(http.MethodPost, "/volumes/prune", func(c *call) {
		if said := c.engine(); !said.ok() {
			c.reply(said)
			return
		}
		c.say(http.StatusOK, object{"VolumesDeleted": []string{}, "SpaceReclaimed": 0})
	})}},
}

// remembering notes the volumes that are made through the proxy: what takes
// too much must not take what is none of ours.
var remembering = on(http.MethodPost, "/volumes/create", func(c *call) {
	said := c.engine()
	if said.ok() {
		c.note("made", text(said.object()["Name"]))
	}
	c.reply(said)
})

// removeUnused removes the unused volumes that were made through the proxy.
func (c *call) removeUnused() (deleted []string) {
	for _, volume := range c.noted("made") {
		if c.ask(http.MethodDelete, "/volumes/"+volume, nil, nil).ok() {
			deleted = append(deleted, volume)
		}
	}
	return deleted
}

// pruneLabel is the label that a prune is limited to.
func (c *call) pruneLabel() string {
	var filters struct{ Label map[string]bool }
	_ = json.Unmarshal([]byte(c.r.URL.Query().Get("filters")), &filters) // none where there are none
	for label := range filters.Label {
		return label
	}
	return ""
}
