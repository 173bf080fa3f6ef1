package faults

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
)

// creating are the faults of what is created.
var creating = []Fault{
	{"volume-not-created", "says that a volume is created, and creates none", []rule{on(http.MethodPost, "/volumes/create", func(c *call) {
		asked := answer{body: c.body()}.object()
		c.say(http.StatusCreated, object{"Name": asked["Name"], "Driver": "local", "Scope": "local", "Mountpoint": "/nowhere", "Labels": asked["Labels"], "Options": asked["DriverOpts"]})
	})}},
	{"volume-created-otherwise", "creates a volume of another name than it was given", []rule{on(http.MethodPost, "/volumes/create", func(c *call) {
		c.rewrite(func(asked object) {
			if name := text(asked["Name"]); name != "" {
				asked["Name"] = name + "-otherwise"
			}
		})
	})}},
	{"volume-name-not-told", "creates a volume, and tells another name", []rule{on(http.MethodPost, "/volumes/create", func(c *call) {
		said := c.engine()
		if read := said.object(); said.ok() && len(text(read["Name"])) != 64 {
			read["Name"] = "another"
			c.say(said.status, read)
			return
		}
		c.reply(said)
	})}},
	{"volume-options-ignored", "ignores the options of a volume", []rule{on(http.MethodPost, "/volumes/create", func(c *call) {
		c.rewrite(func(asked object) { delete(asked, "DriverOpts") })
	})}},
	{"volume-labels-ignored", "ignores all labels of a volume but those of what made it", []rule{on(http.MethodPost, "/volumes/create", func(c *call) {
		c.rewrite(func(asked object) {
			if labels, _ := asked["Labels"].(object); labels != nil {
				delete(labels, "com.docker.compose.volume")
			}
		})
	})}},
	{"unknown-driver-taken", "keeps a volume of a driver that it does not have with another one", []rule{on(http.MethodPost, "/volumes/create", func(c *call) {
		driver := ""
		c.rewritten(func(asked object) {
			if driver = text(asked["Driver"]); driver != "" {
				asked["Driver"] = "local"
			}
		})
		said := c.engine()
		if read := said.object(); said.ok() && driver != "" {
			read["Driver"] = driver
			c.say(said.status, read)
			return
		}
		c.reply(said)
	})}},
	{"environment-dropped", "starts a container without its environment", []rule{made(func(m *creation) { delete(m.config, "Env") })}},
	{"hostname-fixed", "gives every container the same host name", []rule{made(func(m *creation) { m.config["Hostname"] = "same" })}},
	{"user-changed", "runs a container as another user", []rule{made(func(m *creation) { m.config["User"] = "1000" })}},
	{"folder-changed", "starts a container in another folder", []rule{made(func(m *creation) { m.config["WorkingDir"] = "/tmp" })}},
	{"log-driver-ignored", "keeps a container's log itself, whatever log driver was asked for", []rule{made(func(m *creation) { delete(m.host, "LogConfig") })}},
	{"port-not-published", "publishes none of a container's ports", []rule{made(func(m *creation) { delete(m.host, "PortBindings") })}},
	{"command-changed", "starts another program than it was told to in a container with a -v", []rule{made(func(m *creation) {
		if slices.ContainsFunc(m.mounts, byShort) {
			m.config["Cmd"] = []string{"list", "/"}
		}
	})}},
	{"container-named-otherwise", "gives a container another name", []rule{on(http.MethodPost, "/containers/create", func(c *call) {
		query := c.r.URL.Query()
		if name := query.Get("name"); name != "" {
			query.Set("name", name+"-otherwise")
			c.r.URL.RawQuery = query.Encode()
		}
		c.pass()
	})}},
	{"mount-refused", "refuses to create a container with a -v", []rule{on(http.MethodPost, "/containers/create", func(c *call) {
		host, _ := answer{body: c.body()}.object()["HostConfig"].(object)
		if binds, _ := host["Binds"].([]any); len(binds) > 0 {
			refuse(c.w, http.StatusBadRequest, "invalid mount")
			return
		}
		c.pass()
	})}},
	{"build-refused", "refuses to build any image", []rule{on(http.MethodPost, "/build", func(c *call) {
		refuse(c.w, http.StatusBadRequest, "invalid Dockerfile")
	})}},
	{"build-failure-untold", "does not tell that a build failed", []rule{on(http.MethodPost, "/build", func(c *call) {
		said := c.engine()
		var told [][]byte
		for line := range bytes.Lines(said.body) {
			if !bytes.Contains(line, []byte(`"errorDetail"`)) {
				told = append(told, line)
			}
		}
		said.body = bytes.Join(told, nil)
		c.reply(said)
	})}},
	{"build-without-command", "builds images that know no command", []rule{on(http.MethodPost, "/containers/create", func(c *call) {
		asked := answer{body: c.body()}.object()
		if cmd, _ := asked["Cmd"].([]any); len(cmd) > 0 {
			c.pass()
			return
		}
		asked["Cmd"] = []string{"true"}
		if data, err := json.Marshal(asked); err == nil {
			c.setBody(data)
		}
		c.pass()
	})}},
}
