package faults

import (
	"encoding/json"
	"net/http"
	"path"
	"slices"
	"strings"
)

// creation is the request for a new container.
type creation struct {
	*call
	config object // the body
	host   object // its HostConfig
	mounts []*mount
	// then functions are called with the id of the new container.
	then []func(id string)
}

// mount is a mount that -v or --mount requests.
type mount struct {
	short          bool // -v
	kind           string
	source, target string
	modes          []string // of -v: ro, nocopy, rslave, ...
	request        object   // of --mount
}

// onCreate returns a rule that changes the request for a new container.
func onCreate(change func(*creation)) rule {
	return on(http.MethodPost, "/containers/create", func(c *call) {
		m := &creation{call: c, config: object{}}
		if err := decode(c.body(), &m.config); err != nil {
			c.pass()
			return
		}
		m.read()
		change(m)
		m.write()
		data, err := json.Marshal(m.config)
		if err != nil {
			refuse(c.w, http.StatusInternalServerError, err.Error())
			return
		}
		c.setBody(data)
		response := c.engine()
		if id := text(response.object()["Id"]); response.ok() && id != "" {
			for _, then := range m.then {
				then(id)
			}
		}
		c.reply(response)
	})
}

func (m *creation) read() {
	if m.host, _ = m.config["HostConfig"].(object); m.host == nil {
		m.host = object{}
		m.config["HostConfig"] = m.host
	}
	binds, _ := m.host["Binds"].([]any)
	for _, bind := range binds {
		parts := strings.Split(text(bind), ":")
		if len(parts) < 2 {
			m.mounts = append(m.mounts, &mount{short: true, kind: "volume", target: text(bind)})
			continue
		}
		a := &mount{short: true, kind: "volume", source: parts[0], target: parts[1]}
		if path.IsAbs(a.source) {
			a.kind = "bind"
		}
		if len(parts) > 2 {
			a.modes = strings.Split(parts[2], ",")
		}
		m.mounts = append(m.mounts, a)
	}
	for _, r := range objects(m.host["Mounts"]) {
		m.mounts = append(m.mounts, &mount{kind: text(r["Type"]), source: text(r["Source"]), target: text(r["Target"]), request: r})
	}
}

func (m *creation) write() {
	binds, mounts := []any{}, []any{}
	for _, a := range m.mounts {
		if !a.short {
			a.request["Type"], a.request["Source"], a.request["Target"] = a.kind, a.source, a.target
			mounts = append(mounts, a.request)
			continue
		}
		parts := []string{a.source, a.target}
		if a.source == "" {
			parts = parts[1:]
		} else if len(a.modes) > 0 {
			parts = append(parts, strings.Join(a.modes, ","))
		}
		binds = append(binds, strings.Join(parts, ":"))
	}
	m.host["Binds"], m.host["Mounts"] = binds, mounts
}

// drop removes the mounts that match.
func (m *creation) drop(match func(*mount) bool) { m.mounts = slices.DeleteFunc(m.mounts, match) }

// each changes the mounts that match.
func (m *creation) each(match func(*mount) bool, change func(*mount)) {
	for _, a := range m.mounts {
		if match(a) {
			change(a)
		}
	}
}

// eachMount returns a rule that changes the mounts that match.
func eachMount(match func(*mount) bool, change func(*mount)) rule {
	return onCreate(func(m *creation) { m.each(match, change) })
}

// removeModes removes the modes with the prefix.
func (a *mount) removeModes(prefix string) {
	a.modes = slices.DeleteFunc(a.modes, func(mode string) bool { return strings.HasPrefix(mode, prefix) })
}

// option returns a part of a --mount, such as VolumeOptions.
func (a *mount) option(name string) object {
	options, _ := a.request[name].(object)
	return options
}

// Kinds of mounts: by -v (short), by --mount (long), by either.
func byShort(a *mount) bool      { return a.short }
func byLong(a *mount) bool       { return !a.short }
func namedVolume(a *mount) bool  { return a.kind == "volume" && a.source != "" }
func anyBind(a *mount) bool      { return a.kind == "bind" }
func shortBind(a *mount) bool    { return a.short && anyBind(a) }
func longBind(a *mount) bool     { return !a.short && anyBind(a) }
func shortVolume(a *mount) bool  { return a.short && namedVolume(a) }
func longVolume(a *mount) bool   { return !a.short && namedVolume(a) }
func tmpfsOf(m *creation) object { all, _ := m.host["Tmpfs"].(object); return all }

// imageConfig returns the configuration of the container's image.
func (m *creation) imageConfig() object {
	config, _ := m.get("/images/" + text(m.config["Image"]) + "/json")["Config"].(object)
	return config
}
