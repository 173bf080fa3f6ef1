package faults

import (
	"net/http"
	"path"
	"slices"
	"strings"
)

// refusalFaults concern requests for a container that an engine must refuse.
var refusalFaults = []Fault{
	{"duplicate-targets-accepted", "mounts the last of several mounts at a target", []rule{onCreate(func(m *creation) {
		last := map[string]*mount{}
		m.each(func(*mount) bool { return true }, func(a *mount) { last[path.Clean(a.target)] = a })
		m.drop(func(a *mount) bool { return last[path.Clean(a.target)] != a })
	})}},
	{"duplicate-targets-compared-as-text", "takes /data and /data/ for different targets", []rule{onCreate(func(m *creation) {
		seen := map[string]string{}
		m.each(func(*mount) bool { return true }, func(a *mount) {
			clean := path.Clean(a.target)
			if before, ok := seen[clean]; ok && before != a.target {
				a.target = clean + "-other"
			}
			seen[clean] = a.target
		})
	})}},
	{"root-target-accepted", "mounts a mount at / elsewhere", []rule{eachMount(atTarget("/"), func(a *mount) { a.target = "/root-target" })}},
	{"missing-target-accepted", "mounts a mount without a target anywhere", []rule{eachMount(atTarget(""), func(a *mount) { a.target = "/no-target" })}},
	{"relative-target-resolved", "takes a relative target for an absolute one", []rule{onCreate(func(m *creation) {
		m.each(byLong, func(a *mount) {
			if a.target != "" {
				a.target = path.Join("/", a.target)
			}
		})
		for target, options := range tmpfsOf(m) {
			delete(tmpfsOf(m), target)
			tmpfsOf(m)[path.Join("/", target)] = options
		}
	})}},
	{"options-of-another-type-ignored", "ignores options of a mount that its type does not have", []rule{eachMount(byLong, func(a *mount) {
		for kind, options := range map[string]string{"bind": "BindOptions", "volume": "VolumeOptions", "tmpfs": "TmpfsOptions"} {
			if a.kind != kind {
				delete(a.request, options)
			}
		}
	})}},
	{"tmpfs-source-ignored", "ignores the source of a tmpfs", []rule{eachMount(ofKind("tmpfs"), func(a *mount) { a.source = "" })}},
	{"bind-source-invented", "binds / if a bind mount has no source", []rule{eachMount(longBind, func(a *mount) {
		if a.source == "" {
			a.source = "/"
		}
	})}},
	{"relative-source-resolved", "takes a relative source of a bind mount for another directory", []rule{eachMount(longBind, func(a *mount) {
		if !path.IsAbs(a.source) {
			a.source = "/tmp"
		}
	})}},
	{"unknown-type-accepted", "mounts a volume if it does not know the type of a mount", []rule{eachMount(byLong, func(a *mount) {
		if !slices.Contains([]string{"bind", "volume", "tmpfs", "image", "cluster", "npipe"}, a.kind) {
			a.kind = "volume"
		}
	})}},
	{"unknown-mode-ignored", "ignores modes of -v that it does not know", []rule{eachMount(byShort, func(a *mount) {
		a.removeModes("bogus")
		if slices.Contains(a.modes, "ro") {
			a.removeModes("rw")
		}
	})}},
	{"volume-propagation-ignored", "ignores the propagation of a volume", []rule{eachMount(shortVolume, func(a *mount) { a.removeModes("rslave") })}},
	{"unnamed-read-only-accepted", "mounts a read-only volume without a name writable", []rule{eachMount(
		func(a *mount) bool { return !a.short && a.kind == "volume" && a.source == "" }, func(a *mount) { delete(a.request, "ReadOnly") })}},
	{"missing-volumes-from-ignored", "ignores --volumes-from a container that does not exist", []rule{volumesFrom(func(m *creation, from []any) []any {
		return slices.DeleteFunc(from, func(one any) bool {
			name, _, _ := strings.Cut(text(one), ":")
			return text(m.get("/containers/" + name + "/json")["Id"]) == ""
		})
	})}},
	{"volumes-from-first-wins", "mounts the volume of the first container of --volumes-from at a target", []rule{volumesFrom(func(_ *creation, from []any) []any {
		slices.Reverse(from)
		return from
	})}},
	{"volumes-from-mode-ignored", "ignores `ro` of --volumes-from", []rule{volumesFrom(func(_ *creation, from []any) []any {
		for i, one := range from {
			from[i] = strings.TrimSuffix(text(one), ":ro")
		}
		return from
	})}},
	{"refused-container-created", "creates a container although it refuses the request", []rule{on(http.MethodPost, "/containers/create", func(c *call) {
		asked := answer{body: c.body()}.object()
		response := c.engine()
		if !response.ok() {
			c.setBody(encoded(object{"Image": asked["Image"], "Labels": asked["Labels"]}))
			c.engine()
		}
		c.reply(response)
	})}},
}

// volumesFrom returns a rule that changes the containers of --volumes-from.
func volumesFrom(change func(*creation, []any) []any) rule {
	return onCreate(func(m *creation) {
		if from, _ := m.host["VolumesFrom"].([]any); len(from) > 0 {
			m.host["VolumesFrom"] = change(m, from)
		}
	})
}

func atTarget(target string) func(*mount) bool {
	return func(a *mount) bool { return !a.short && a.target == target }
}

func ofKind(kind string) func(*mount) bool {
	return func(a *mount) bool { return !a.short && a.kind == kind }
}
