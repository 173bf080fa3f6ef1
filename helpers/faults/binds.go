package faults

import (
	"encoding/json"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
)

// bindFaults concern the source, the recursion and the propagation of bind mounts.
var bindFaults = []Fault{
	{"bind-source-restricted", "creates the missing source of a -v with the mode 700", []rule{eachMount(shortBind, func(a *mount) { _ = os.Mkdir(a.source, 0o700) })}},
	{"bind-source-file", "creates the missing source of a -v as a file if its name has an extension", []rule{eachMount(missingFile, func(a *mount) {
		_ = os.WriteFile(a.source, nil, 0o644)
	})}},
	{"bind-source-created", "creates the missing source of a --mount", []rule{eachMount(longBind, func(a *mount) { _ = os.Mkdir(a.source, 0o755) })}},
	{"bind-source-created-and-refused", "creates the missing source of a --mount and refuses the mount", []rule{eachMount(missingLong, func(a *mount) {
		_ = os.Mkdir(a.source, 0o755)
		a.source += "-missing"
	})}},
	{"create-mountpoint-ignored", "ignores CreateMountpoint", []rule{bindOptions(func(options object) { delete(options, "CreateMountpoint") })}},
	{"missing-file-skipped", "does not mount the missing source of a -v if its name has an extension", []rule{onCreate(func(m *creation) { m.drop(missingFile) })}},
	{"failed-start-removes-sources", "removes empty sources of bind mounts if a container does not start", []rule{onStart(func(c *call, sources []string) {
		response := c.engine()
		if !response.ok() {
			for _, source := range sources {
				_ = os.Remove(source)
			}
		}
		c.reply(response)
	})}},
	{"start-creates-sources", "creates missing sources of bind mounts when a container starts", []rule{onStart(func(c *call, sources []string) {
		for _, source := range sources {
			_ = os.Mkdir(source, 0o755)
		}
		c.pass()
	})}},
	{"start-needs-sources", "refuses to start a container again if the source of a -v is missing", []rule{onStart(func(c *call, sources []string) {
		if slices.ContainsFunc(sources, missing) {
			refuse(c.w, http.StatusInternalServerError, "a source is missing")
			return
		}
		c.pass()
	})}},
	{"removal-needs-sources", "refuses to remove a container if the source of a bind mount is missing, unless forced", []rule{
		on(http.MethodDelete, "/containers/*", func(c *call) {
			if c.r.URL.Query().Get("force") == "" && slices.ContainsFunc(c.sources(c.names[0]), missing) {
				refuse(c.w, http.StatusInternalServerError, "a source is missing")
				return
			}
			c.pass()
		})}},
	{"network-files-chowned", "gives files that are mounted below /etc to root", []rule{eachMount(shortBind, func(a *mount) {
		if path.Dir(a.target) == "/etc" {
			_ = os.Lchown(a.source, 0, 0)
		}
	})}},
	{"read-only-not-recursive", "leaves the mounts below a read-only bind mount writable", []rule{eachMount(longBind, func(a *mount) {
		if a.option("BindOptions") == nil {
			a.request["BindOptions"] = object{}
		}
		if options := a.option("BindOptions"); a.request["ReadOnly"] == true && options["ReadOnlyForceRecursive"] == nil {
			options["ReadOnlyNonRecursive"] = true
		}
	})}},
	{"read-only-always-recursive", "ignores ReadOnlyNonRecursive", []rule{bindOptions(func(options object) { delete(options, "ReadOnlyNonRecursive") })}},
	{"read-only-force-ignored", "takes ReadOnlyForceRecursive for ReadOnlyNonRecursive", []rule{bindOptions(func(options object) {
		if options["ReadOnlyForceRecursive"] != nil {
			delete(options, "ReadOnlyForceRecursive")
			options["ReadOnlyNonRecursive"] = true
		}
	})}},
	{"non-recursive-ignored", "ignores NonRecursive", []rule{bindOptions(func(options object) { delete(options, "NonRecursive") })}},
	{"private-shown-as-slave", "reports the propagation rslave in place of rprivate", []rule{propagation("rprivate", "rslave")}},
	{"slave-shown-as-private", "reports the propagation rprivate in place of rslave", []rule{propagation("rslave", "rprivate")}},
	{"data-directory-private", "mounts the engine's data directory privately", []rule{eachMount(shortBind, func(a *mount) {
		if strings.HasPrefix(a.source, "/var/lib/docker/") {
			a.removeModes("rslave")
			a.source = "/proc/self/root" + a.source
		}
	})}},
	{"data-directory-always-slave", "receives later mounts of the host in a private mount", []rule{eachMount(shortBind, func(a *mount) {
		if source, ok := strings.CutPrefix(a.source, "/proc/thread-self/root"); ok {
			a.removeModes("rprivate")
			a.source = source
		}
	})}},
}

// bindOptions returns a rule that changes the BindOptions of each --mount.
func bindOptions(change func(object)) rule {
	return eachMount(longBind, func(a *mount) {
		if options := a.option("BindOptions"); options != nil {
			change(options)
		}
	})
}

func missing(source string) bool {
	_, err := os.Lstat(source)
	return os.IsNotExist(err)
}

func missingFile(a *mount) bool {
	return shortBind(a) && path.Ext(a.source) != "" && missing(a.source)
}

func missingLong(a *mount) bool {
	return longBind(a) && a.option("BindOptions")["CreateMountpoint"] == nil && missing(a.source)
}

// onStart returns a rule for the start of a container with its bind mounts' sources.
func onStart(handle func(c *call, sources []string)) rule {
	return on(http.MethodPost, "/containers/*/start", func(c *call) { handle(c, c.sources(c.names[0])) })
}

// sources returns the sources of a container's bind mounts.
func (c *call) sources(container string) (sources []string) {
	for _, mounted := range objects(c.get("/containers/" + container + "/json")["Mounts"]) {
		if mounted["Type"] == "bind" {
			sources = append(sources, text(mounted["Source"]))
		}
	}
	return sources
}

// propagation returns a rule that reports another propagation of bind mounts.
func propagation(real, reported string) rule {
	return rewrite("/containers/*/json", func(_ *call, container object) object {
		for _, mounted := range objects(container["Mounts"]) {
			if mounted["Propagation"] == real {
				mounted["Propagation"] = reported
			}
		}
		return container
	})
}

// encoded returns a body of a request.
func encoded(body object) []byte {
	data, _ := json.Marshal(body) // of strings and maps
	return data
}
