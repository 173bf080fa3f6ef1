package faults

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/holdfast/holdfast/helpers/probe"
)

// lifecycleFaults concern starting, stopping and restarting a container.
var lifecycleFaults = []Fault{
	{"restart-empties-volumes", "empties a container's volumes when it restarts", []rule{on(http.MethodPost, "/containers/*/restart", emptyVolumes)}},
	{"start-empties-volumes", "empties a container's volumes each time it starts", []rule{on(http.MethodPost, "/containers/*/start", emptyVolumes)}},
	{"volume-writes-lost", "discards what a container wrote to its volumes when it is removed", []rule{
		on(http.MethodPost, "/containers/*/start", func(c *call) {
			c.eachVolume(c.names[0], c.saveVolume)
			c.pass()
		}),
		on(http.MethodDelete, "/containers/*", func(c *call) {
			c.eachVolume(c.names[0], c.restoreVolume)
			c.pass()
		}),
	}},
	{"stop-removes", "removes a container when it stops", []rule{onSuccess(http.MethodPost, "/containers/*/stop", func(c *call, _ answer) {
		c.request(http.MethodDelete, "/containers/"+c.names[0], url.Values{"force": {"1"}}, nil)
	})}},
	{"restart-empties-layer", "removes what a container wrote to its own layer when it restarts", []rule{on(http.MethodPost, "/containers/*/restart", func(c *call) {
		for _, path := range slices.Backward(c.added(c.names[0])) {
			_, _ = c.behind.Exec(c.r.Context(), c.names[0], probe.Unlink(path).Argv(), "") // fails in a container without the probe
		}
		c.pass()
	})}},
	{"stop-does-nothing", "reports that a container has stopped, and lets it run", []rule{on(http.MethodPost, "/containers/*/stop", (*call).noContent)}},
	{"restart-does-nothing", "reports that a container has restarted, and lets it run", []rule{on(http.MethodPost, "/containers/*/restart", (*call).noContent)}},
}

func emptyVolumes(c *call) {
	c.eachVolume(c.names[0], func(volume, _ string) { c.empty(volume) })
	c.pass()
}

// saveVolume saves the contents of a volume.
func (c *call) saveVolume(volume, target string) {
	if archive := c.archive(c.names[0], target+"/."); archive.ok() {
		c.saved.Store(volume, archive.body)
	}
}

// restoreVolume replaces the contents of a volume with what was saved.
func (c *call) restoreVolume(volume, target string) {
	if archive, ok := c.saved.Load(volume); ok {
		c.empty(volume)
		c.extract(c.names[0], target, archive.([]byte))
	}
}
