package faults

import (
	"encoding/json"
	"net/http"
)

// pruneFaults concern `docker volume prune`.
var pruneFaults = []Fault{
	{"prune-removes-named", "prunes named volumes when only anonymous ones should go", []rule{
		changePrune(func(filters object) { filters["all"] = map[string]bool{"true": true} }),
	}},
	{"prune-removes-used", "prunes volumes that containers use, and removes the containers", []rule{on(http.MethodPost, "/volumes/prune", func(c *call) {
		label := c.pruneLabel()
		if label == "" {
			c.pass() // the volumes could belong to others
			return
		}
		c.prune(c.volumes(label), func(name string) bool { return c.removeWithUsers(name).ok() })
	})}},
	{"prune-ignores-filters", "prunes unused volumes that do not match the filter", []rule{rememberVolumes, on(http.MethodPost, "/volumes/prune", func(c *call) {
		c.replyPruned(c.removeUnused())
	})}},
	{"prune-does-nothing", "reports what a prune removed, and removes nothing", []rule{on(http.MethodPost, "/volumes/prune", func(c *call) {
		c.prune(c.volumes(c.pruneLabel()), func(name string) bool { return len(c.users(name)) == 0 })
	})}},
	{"prune-reports-nothing", "prunes, and reports that it removed nothing", []rule{on(http.MethodPost, "/volumes/prune", func(c *call) {
		forward(c, func(_ *call, _ object) object { return object{"VolumesDeleted": []string{}, "SpaceReclaimed": 0} })
	})}},
}

// prune replies with the volumes for which remove returns true.
func (c *call) prune(volumes []object, remove func(name string) bool) {
	var deleted []string
	for _, volume := range volumes {
		if name := text(volume["Name"]); remove(name) {
			deleted = append(deleted, name)
		}
	}
	c.replyPruned(deleted)
}

func (c *call) replyPruned(names []string) {
	c.replyJSON(http.StatusOK, object{"VolumesDeleted": names, "SpaceReclaimed": 0})
}

// rememberVolumes records the volumes that are created through the proxy. A fault
// that removes too much must remove no others.
var rememberVolumes = onSuccess(http.MethodPost, "/volumes/create", func(c *call, response answer) {
	c.add("created", text(response.object()["Name"]))
})

// removeUnused removes the unused volumes that were created through the proxy.
func (c *call) removeUnused() (deleted []string) {
	for _, volume := range c.noted("created") {
		if c.removeVolume(volume) {
			deleted = append(deleted, volume)
		}
	}
	return deleted
}

// pruneLabel returns the label to which a prune is limited.
func (c *call) pruneLabel() string {
	var filters struct{ Label map[string]bool }
	_ = json.Unmarshal([]byte(c.r.URL.Query().Get("filters")), &filters) // empty without filters
	for label := range filters.Label {
		return label
	}
	return ""
}
