package faults

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/holdfast/holdfast/helpers/probe"
)

// living are the faults of a container's life.
var living = []Fault{
	{"restart-empties-volumes", "empties a container's volumes when it restarts", []rule{on(http.MethodPost, "/containers/*/restart", func(c *call) {
		for _, volume := range c.volumesOf(c.names[0]) {
			c.empty(volume)
		}
		c.pass()
	})}},
	{"start-empties-volumes", "empties a container's volumes each time it starts", []rule{on(http.MethodPost, "/containers/*/start", func(c *call) {
		for _, volume := range c.volumesOf(c.names[0]) {
			c.empty(volume)
		}
		c.pass()
	})}},
	{"volume-writes-lost", "forgets what a container wrote to its volumes when it is removed", []rule{
		on(http.MethodPost, "/containers/*/start", func(c *call) {
			c.inVolumes(c.names[0], c.save)
			c.pass()
		}),
		on(http.MethodDelete, "/containers/*", func(c *call) {
			c.inVolumes(c.names[0], c.restore)
			c.pass()
		}),
	}},
	{"stop-removes", "removes a container that it was asked to stop", []rule{on(http.MethodPost, "/containers/*/stop", func(c *call) {
		said := c.engine()
		c.ask(http.MethodDelete, "/containers/"+c.names[0], url.Values{"force": {"1"}}, nil)
		c.reply(said)
	})}},
	{"restart-empties-layer", "removes what a container wrote into its own layer when it restarts", []rule{on(http.MethodPost, "/containers/*/restart", func(c *call) {
		for _, path := range slices.Backward(c.added(c.names[0])) {
			_, _ = c.behind.Exec(c.r.Context(), c.names[0], probe.Unlink(path).Argv(), "") // a container without the probe keeps its layer
		}
		c.pass()
	})}},
	{"stop-does-nothing", "says that a container has stopped, and lets it run", []rule{on(http.MethodPost, "/containers/*/stop", (*call).done)}},
	{"restart-does-nothing", "says that a container has restarted, and lets it run on", []rule{on(http.MethodPost, "/containers/*/restart", (*call).done)}},
}

// inVolumes does something with each volume that a container mounts.
func (c *call) inVolumes(container string, do func(container, volume, target string)) {
	for _, mounted := range objects(c.get("/containers/" + container + "/json")["Mounts"]) {
		if mounted["Type"] == "volume" {
			do(container, text(mounted["Name"]), text(mounted["Destination"]))
		}
	}
}

// save keeps what is in a volume.
func (c *call) save(container, volume, target string) {
	if read := c.ask(http.MethodGet, "/containers/"+container+"/archive", url.Values{"path": {target + "/."}}, nil); read.ok() {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		c.bytes[volume] = read.body
	}
}

// restore gives a volume what was saved of it.
func (c *call) restore(container, volume, target string) {
	c.mutex.Lock()
	saved, known := c.bytes[volume]
	c.mutex.Unlock()
	if known {
		c.empty(volume)
		c.ask(http.MethodPut, "/containers/"+container+"/archive", url.Values{"path": {target}}, saved)
	}
}
