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
	config object // the body: what the container is to be
	host   object // its HostConfig
	mounts []*mount
	// then is done with the container that the engine made.
	then []func(id string)
}

// mount is what a `-v` or a `--mount` asks for.
type mount struct {
	short          bool // -v
	kind           string
	source, target string
	modes          []string // of -v: ro, nocopy, rslave, ...
	given          object   // of --mount
}

// made makes a rule that changes what a new container is to be.
func made(change func(*creation)) rule {
	return on(http.MethodPost, "/containers/create", func(c *call) {
		asked := &creation{call: c, config: object{}}
		if err := decode(c.body(), &asked.config); err != nil {
			c.pass()
			return
		}
		asked.read()
		change(asked)
		asked.write()
		data, err := json.Marshal(asked.config)
		if err != nil {
			refuse(c.w, http.StatusInternalServerError, err.Error())
			return
		}
		c.setBody(data)
		said := c.engine()
		if id := text(said.object()["Id"]); said.ok() && id != "" {
			for _, do := range asked.then {
				do(id)
			}
		}
		c.reply(said)
	})
}

func (m *creation) read() {
	if m.host, _ = m.config["HostConfig"].(object); m.host == nil {
		m.host = object{}
		m.config["HostConfig"] = m.host
	}
	binds, _ := m.host["Binds"].([]any)
	for _, one := range binds {
		parts := strings.Split(text(one), ":")
		if len(parts) < 2 {
			m.mounts = append(m.mounts, &mount{short: true, kind: "volume", target: text(one)})
			continue
		}
		asked := &mount{short: true, kind: "volume", source: parts[0], target: parts[1]}
		if path.IsAbs(asked.source) {
			asked.kind = "bind"
		}
		if len(parts) > 2 {
			asked.modes = strings.Split(parts[2], ",")
		}
		m.mounts = append(m.mounts, asked)
	}
	for _, given := range objects(m.host["Mounts"]) {
		m.mounts = append(m.mounts, &mount{kind: text(given["Type"]), source: text(given["Source"]), target: text(given["Target"]), given: given})
	}
}

func (m *creation) write() {
	binds, mounts := []any{}, []any{}
	for _, asked := range m.mounts {
		if !asked.short {
			asked.given["Type"], asked.given["Source"], asked.given["Target"] = asked.kind, asked.source, asked.target
			mounts = append(mounts, asked.given)
			continue
		}
		parts := []string{asked.source, asked.target}
		if asked.source == "" {
			parts = parts[1:]
		} else if len(asked.modes) > 0 {
			parts = append(parts, strings.Join(asked.modes, ","))
		}
		binds = append(binds, strings.Join(parts, ":"))
	}
	m.host["Binds"], m.host["Mounts"] = binds, mounts
}

// drop leaves out the mounts that are so.
func (m *creation) drop(so func(*mount) bool) { m.mounts = slices.DeleteFunc(m.mounts, so) }

// each changes the mounts that are so.
func (m *creation) each(so func(*mount) bool, change func(*mount)) {
	for _, asked := range m.mounts {
		if so(asked) {
			change(asked)
		}
	}
}

// withoutMode takes modes of that beginning away.
func (a *mount) withoutMode(beginning string) {
	a.modes = slices.DeleteFunc(a.modes, func(mode string) bool { return strings.HasPrefix(mode, beginning) })
}

// option is a part of a `--mount`, such as VolumeOptions.
func (a *mount) option(name string) object {
	options, _ := a.given[name].(object)
	return options
}

// Kinds of mounts: by -v (short), by --mount (long), by either.
func byShort(a *mount) bool      { return a.short }
func volumeByName(a *mount) bool { return a.kind == "volume" && a.source != "" }
func shortBind(a *mount) bool    { return a.short && a.kind == "bind" }
func longBind(a *mount) bool     { return !a.short && a.kind == "bind" }
func anyBind(a *mount) bool      { return a.kind == "bind" }
func shortVolume(a *mount) bool  { return a.short && volumeByName(a) }
func longVolume(a *mount) bool   { return !a.short && volumeByName(a) }
func tmpfsOf(m *creation) object { all, _ := m.host["Tmpfs"].(object); return all }
