package faults

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
)

// createFaults concern what is created: volumes, containers, images.
var createFaults = []Fault{
	{"volume-not-created", "reports that a volume is created, and creates none", []rule{on(http.MethodPost, "/volumes/create", func(c *call) {
		asked := answer{body: c.body()}.object()
		c.replyJSON(http.StatusCreated, object{"Name": asked["Name"], "Driver": "local", "Scope": "local", "Mountpoint": "/nowhere", "Labels": asked["Labels"], "Options": asked["DriverOpts"]})
	})}},
	{"volume-created-under-another-name", "creates a volume under another name", []rule{onVolumeCreate(func(asked object) {
		if name := text(asked["Name"]); name != "" {
			asked["Name"] = name + "-another"
		}
	})}},
	{"volume-name-not-reported", "creates a volume and reports another name", []rule{on(http.MethodPost, "/volumes/create", func(c *call) {
		forward(c, func(_ *call, volume object) object {
			if len(text(volume["Name"])) != 64 {
				volume["Name"] = "another"
			}
			return volume
		})
	})}},
	{"volume-options-ignored", "ignores the options of a volume", []rule{onVolumeCreate(func(asked object) { delete(asked, "DriverOpts") })}},
	{"volume-labels-ignored", "ignores the label by which Compose finds a volume", []rule{onVolumeCreate(func(asked object) {
		if labels, _ := asked["Labels"].(object); labels != nil {
			delete(labels, "com.docker.compose.volume")
		}
	})}},
	{"unknown-driver-accepted", "creates a volume of a driver that it does not have with another driver", []rule{on(http.MethodPost, "/volumes/create", func(c *call) {
		driver := ""
		c.changeBody(func(asked object) {
			if driver = text(asked["Driver"]); driver != "" {
				asked["Driver"] = "local"
			}
		})
		forward(c, func(_ *call, volume object) object {
			if driver != "" {
				volume["Driver"] = driver
			}
			return volume
		})
	})}},
	{"environment-dropped", "starts a container without its environment", []rule{onCreate(func(m *creation) { delete(m.config, "Env") })}},
	{"hostname-fixed", "gives every container the same host name", []rule{onCreate(func(m *creation) { m.config["Hostname"] = "same" })}},
	{"user-changed", "runs a container as another user", []rule{onCreate(func(m *creation) { m.config["User"] = "1000" })}},
	{"working-directory-changed", "starts a container in another directory", []rule{onCreate(func(m *creation) { m.config["WorkingDir"] = "/tmp" })}},
	{"log-driver-ignored", "ignores the log driver of a container", []rule{onCreate(func(m *creation) { delete(m.host, "LogConfig") })}},
	{"port-not-published", "publishes no ports of a container", []rule{onCreate(func(m *creation) { delete(m.host, "PortBindings") })}},
	{"command-changed", "starts another program in a container with a -v", []rule{onCreate(func(m *creation) {
		if slices.ContainsFunc(m.mounts, byShort) {
			m.config["Cmd"] = []string{"list", "/"}
		}
	})}},
	{"container-renamed", "creates a container under another name", []rule{onQuery(http.MethodPost, "/containers/create", func(query url.Values) {
		if name := query.Get("name"); name != "" {
			query.Set("name", name+"-another")
		}
	})}},
	{"mount-refused", "refuses to create a container with a -v", []rule{on(http.MethodPost, "/containers/create", func(c *call) {
		host, _ := answer{body: c.body()}.object()["HostConfig"].(object)
		if binds, _ := host["Binds"].([]any); len(binds) > 0 {
			refuse(c.w, http.StatusBadRequest, "invalid mount")
			return
		}
		c.pass()
	})}},
	{"build-refused", "refuses to build an image", []rule{on(http.MethodPost, "/build", func(c *call) {
		refuse(c.w, http.StatusBadRequest, "invalid Dockerfile")
	})}},
	{"build-failure-hidden", "does not report that a build failed", []rule{on(http.MethodPost, "/build", func(c *call) {
		response := c.engine()
		lines := bytes.SplitAfter(response.body, []byte("\n"))
		response.body = bytes.Join(slices.DeleteFunc(lines, func(line []byte) bool { return bytes.Contains(line, []byte(`"errorDetail"`)) }), nil)
		c.reply(response)
	})}},
	{"build-without-command", "builds images without their command", []rule{on(http.MethodPost, "/containers/create", func(c *call) {
		c.changeBody(func(asked object) {
			if cmd, _ := asked["Cmd"].([]any); len(cmd) == 0 {
				asked["Cmd"] = []string{"true"}
			}
		})
		c.pass()
	})}},
}

// onVolumeCreate returns a rule that changes the request for a new volume.
func onVolumeCreate(change func(object)) rule {
	return on(http.MethodPost, "/volumes/create", func(c *call) {
		c.changeBody(change)
		c.pass()
	})
}
