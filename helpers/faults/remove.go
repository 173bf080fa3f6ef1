package faults

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
)

// composeProject is the label by which Compose finds a project's objects.
const composeProject = "com.docker.compose.project"

// removeFaults concern the removal of volumes, containers and networks.
var removeFaults = []Fault{
	{"used-volume-removed", "removes a volume that containers use, and the containers", []rule{on(http.MethodDelete, "/volumes/*", func(c *call) {
		response := c.engine()
		if response.status == http.StatusConflict {
			response = c.removeWithUsers(c.names[0])
		}
		c.reply(response)
	})}},
	{"used-volume-reported-removed", "answers 204 in place of 409 to the removal of a used volume", []rule{on(http.MethodDelete, "/volumes/*", func(c *call) {
		if response := c.engine(); response.status != http.StatusConflict {
			c.reply(response)
			return
		}
		c.noContent()
	})}},
	{"volume-not-removed", "reports that a volume is removed, and keeps it", []rule{on(http.MethodDelete, "/volumes/*", (*call).noContent)}},
	{"volume-data-not-removed", "removes only a volume's name: a new volume with that name has the old data", hiding},
	{"other-volume-removed", "removes the other unused volumes too", []rule{onSuccess(http.MethodDelete, "/volumes/*", func(c *call, _ answer) { c.removeUnused() }), rememberVolumes}},
	{"container-not-removed", "reports that a container is removed, and keeps it", []rule{on(http.MethodDelete, "/containers/*", (*call).noContent)}},
	{"container-removed-with-volumes", "removes a container's named volumes with it", []rule{on(http.MethodDelete, "/containers/*", func(c *call) {
		var volumes []string
		c.eachVolume(c.names[0], func(volume, _ string) { volumes = append(volumes, volume) })
		response := c.engine()
		if response.ok() {
			for _, volume := range volumes {
				c.removeVolume(volume)
			}
		}
		c.reply(response)
	})}},
	{"anonymous-volume-left", "keeps a container's anonymous volumes when it is removed with -v", []rule{onQuery(http.MethodDelete, "/containers/*", func(query url.Values) { query.Del("v") })}},
	{"layer-not-removed", "puts a removed container's files into the next container of its image", []rule{on(http.MethodDelete, "/containers/*", saveLayer), onCreate(func(m *creation) {
		image := text(m.config["Image"])
		m.then = append(m.then, func(id string) { m.restoreLayer(image, id) })
	})}},
	{"network-removed-with-volumes", "removes a project's volumes with its network, as on `compose down`", []rule{on(http.MethodDelete, "/networks/*", func(c *call) {
		labels, _ := c.get("/networks/" + c.names[0])["Labels"].(object)
		response := c.engine()
		if project := text(labels[composeProject]); response.ok() && project != "" {
			for _, volume := range c.volumes(composeProject + "=" + project) {
				c.removeVolume(text(volume["Name"]))
			}
		}
		c.reply(response)
	})}},
	{"project-volume-kept", "keeps a project's volumes on `compose down -v`", []rule{on(http.MethodDelete, "/volumes/*", func(c *call) {
		labels, _ := c.get("/volumes/" + c.names[0])["Labels"].(object)
		if labels[composeProject] == nil {
			c.pass()
			return
		}
		c.noContent()
	})}},
}

// hiding hides a removed volume until a volume with its name is created.
var hiding = []rule{
	on(http.MethodDelete, "/volumes/*", func(c *call) {
		if len(c.users(c.names[0])) > 0 || c.get("/volumes/" + c.names[0])["Name"] == nil {
			c.pass()
			return
		}
		c.add("hidden "+c.names[0], "")
		c.noContent()
	}),
	on(http.MethodPost, "/volumes/create", func(c *call) {
		c.changeBody(func(asked object) { c.remove("hidden " + text(asked["Name"])) })
		c.pass()
	}),
	on(http.MethodGet, "/volumes/*", func(c *call) {
		if len(c.noted("hidden "+c.names[0])) > 0 {
			refuse(c.w, http.StatusNotFound, "get "+c.names[0]+": no such volume")
			return
		}
		c.pass()
	}),
	rewriteVolumeList(func(c *call, volumes []object) []object {
		return slices.DeleteFunc(volumes, func(volume object) bool {
			return len(c.noted("hidden "+text(volume["Name"]))) > 0
		})
	}),
}

// saveLayer saves the files that a container added to its layer.
func saveLayer(c *call) {
	container := c.get("/containers/" + c.names[0] + "/json")
	image := text(container["Image"])
	config, _ := container["Config"].(object)
	if name := text(config["Image"]); name != "" {
		image = name
	}
	for _, path := range c.added(c.names[0]) {
		if archive := c.archive(c.names[0], path); archive.ok() {
			c.saved.Store(image+" "+path, archive.body)
		}
	}
	c.pass()
}

// restoreLayer puts the saved files into a new container.
func (m *creation) restoreLayer(image, id string) {
	m.saved.Range(func(name, archive any) bool {
		if file, ok := strings.CutPrefix(name.(string), image+" "); ok {
			m.extract(id, path.Dir(file), archive.([]byte))
		}
		return true
	})
}

// added lists the paths that a container added to its layer, parents first.
func (c *call) added(id string) (paths []string) {
	var changes []struct {
		Path string
		Kind int
	}
	_ = decode(c.request(http.MethodGet, "/containers/"+id+"/changes", nil, nil).body, &changes) // none if it is not a list
	for _, change := range changes {
		if change.Kind == 1 {
			paths = append(paths, change.Path)
		}
	}
	return paths
}
