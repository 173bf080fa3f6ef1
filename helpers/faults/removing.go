package faults

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// removing are the faults of what removes things.
var removing = []Fault{
	{"used-volume-removed", "removes a volume that containers use, and the containers with it", []rule{on(http.MethodDelete, "/volumes/*", func(c *call) {
		said := c.engine()
		if said.status == http.StatusConflict {
			said = c.seize(c.names[0])
		}
		c.reply(said)
	})}},
	{"used-volume-said-removed", "answers 204 where the removal of a used volume is refused with 409", []rule{on(http.MethodDelete, "/volumes/*", func(c *call) {
		if said := c.engine(); said.status != http.StatusConflict {
			c.reply(said)
			return
		}
		c.done()
	})}},
	{"volume-not-removed", "says that a volume is removed, and keeps it", []rule{on(http.MethodDelete, "/volumes/*", (*call).done)}},
	{"volume-data-not-removed", "removes a volume's name only: a new one of that name has the old data", hiding},
	{"other-volume-removed", "removes the other unused volumes too", []rule{on(http.MethodDelete, "/volumes/*", func(c *call) {
		said := c.engine()
		if said.ok() {
			c.removeUnused()
		}
		c.reply(said)
	}), remembering}},
	{"container-not-removed", "says that a container is removed, and keeps it", []rule{on(http.MethodDelete, "/containers/*", (*call).done)}},
	{"container-removed-with-volumes", "removes a container's named volumes with it", []rule{on(http.MethodDelete, "/containers/*", func(c *call) {
		volumes := c.volumesOf(c.names[0])
		said := c.engine()
		if said.ok() {
			for _, volume := range volumes {
				c.ask(http.MethodDelete, "/volumes/"+volume, nil, nil)
			}
		}
		c.reply(said)
	})}},
	{"anonymous-volume-left", "leaves a container's anonymous volumes where it is removed with -v", []rule{on(http.MethodDelete, "/containers/*", func(c *call) {
		query := c.r.URL.Query()
		query.Del("v")
		c.r.URL.RawQuery = query.Encode()
		c.pass()
	})}},
	{"layer-not-removed", "gives a removed container's files to the next one of its image", []rule{on(http.MethodDelete, "/containers/*", inheritLayer), made(func(m *creation) {
		image := text(m.config["Image"])
		m.then = append(m.then, func(id string) { m.bequeath(image, id) })
	})}},
	{"network-removed-with-volumes", "removes a project's volumes with its network, as on `compose down`", []rule{on(http.MethodDelete, "/networks/*", func(c *call) {
		labels, _ := c.get("/networks/" + c.names[0])["Labels"].(object)
		said := c.engine()
		if project := text(labels["com.docker.compose.project"]); said.ok() && project != "" {
			for _, volume := range objects(c.list("/volumes", "label", "com.docker.compose.project="+project).object()["Volumes"]) {
				c.ask(http.MethodDelete, "/volumes/"+text(volume["Name"]), nil, nil)
			}
		}
		c.reply(said)
	})}},
	{"project-volume-kept", "keeps a project's volumes that `compose down -v` removes", []rule{on(http.MethodDelete, "/volumes/*", func(c *call) {
		labels, _ := c.get("/volumes/" + c.names[0])["Labels"].(object)
		if labels["com.docker.compose.project"] == nil {
			c.pass()
			return
		}
		c.done()
	})}},
}

// hiding keeps a removed volume out of sight until one of its name is made.
var hiding = []rule{
	on(http.MethodDelete, "/volumes/*", func(c *call) {
		if len(c.users(c.names[0])) > 0 || c.get("/volumes/" + c.names[0])["Name"] == nil {
			c.pass()
			return
		}
		c.note("hidden "+c.names[0], "hidden")
		c.done()
	}),
	on(http.MethodPost, "/volumes/create", func(c *call) {
		c.rewritten(func(asked object) { c.forget("hidden " + text(asked["Name"])) })
		c.pass()
	}),
	on(http.MethodGet, "/volumes/*", func(c *call) {
		if len(c.noted("hidden "+c.names[0])) > 0 {
			refuse(c.w, http.StatusNotFound, "get "+c.names[0]+": no such volume")
			return
		}
		c.pass()
	}),
	telling("/volumes", func(c *call, list object) object {
		list["Volumes"] = slices.DeleteFunc(objects(list["Volumes"]), func(volume object) bool {
			return len(c.noted("hidden "+text(volume["Name"]))) > 0
		})
		return list
	}),
}

// inheritLayer keeps the files that a container added to its layer.
func inheritLayer(c *call) {
	id := c.names[0]
	image := text(c.get("/containers/" + id + "/json")["Image"])
	config, _ := c.get("/containers/" + id + "/json")["Config"].(object)
	if name := text(config["Image"]); name != "" {
		image = name
	}
	for _, path := range c.added(id) {
		if read := c.ask(http.MethodGet, "/containers/"+id+"/archive", url.Values{"path": {path}}, nil); read.ok() {
			c.mutex.Lock()
			c.bytes[image+" "+path] = read.body
			c.mutex.Unlock()
		}
	}
	c.pass()
}

// bequeath puts the kept files into a new container.
func (p *creation) bequeath(image, id string) {
	p.mutex.Lock()
	files := map[string][]byte{}
	for name, data := range p.bytes {
		if path, ok := strings.CutPrefix(name, image+" "); ok {
			files[path] = data
		}
	}
	p.mutex.Unlock()
	for path, data := range files {
		p.ask(http.MethodPut, "/containers/"+id+"/archive", url.Values{"path": {path[:strings.LastIndex(path, "/")+1]}}, data)
	}
}

// added lists the paths that a container added to its layer, parents first.
func (c *call) added(id string) (paths []string) {
	var changes []struct {
		Path string
		Kind int
	}
	_ = decode(c.ask(http.MethodGet, "/containers/"+id+"/changes", nil, nil).body, &changes) // none where it is no list
	for _, change := range changes {
		if change.Kind == 1 {
			paths = append(paths, change.Path)
		}
	}
	return paths
}
