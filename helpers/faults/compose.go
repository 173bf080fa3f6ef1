package faults

import (
	"net/http"
	"strings"
)

// composeFaults concern what Compose relies on, and the other faults leave alone.
var composeFaults = []Fault{
	{"volume-definition-forgotten", "ignores the label by which Compose notices that a volume's definition has changed", []rule{onVolumeCreate(func(asked object) {
		if labels, _ := asked["Labels"].(object); labels != nil {
			delete(labels, "com.docker.compose.config-hash")
		}
	})}},
	{"project-volume-prefixed", "puts a project's name in front of the name of each of its volumes", []rule{onVolumeCreate(func(asked object) {
		labels, _ := asked["Labels"].(object)
		project, name := text(labels[composeProject]), text(asked["Name"])
		if project != "" && !strings.HasPrefix(name, project+"_") {
			asked["Name"] = project + "_" + name
		}
	})}},
	{"project-volumes-removed-together", "removes the other unused volumes of a project with one of them", []rule{on(http.MethodDelete, "/volumes/*", func(c *call) {
		labels, _ := c.get("/volumes/" + c.names[0])["Labels"].(object)
		response := c.engine()
		if project := text(labels[composeProject]); response.ok() && project != "" {
			for _, volume := range c.volumes(composeProject + "=" + project) {
				c.removeVolume(text(volume["Name"]))
			}
		}
		c.reply(response)
	})}},
	{"unnamed-volume-kept", "mounts the same volume at a path of all containers that ask for one without a name", []rule{onCreate(func(m *creation) {
		m.each(unnamedVolume, func(a *mount) {
			name := "unnamed" + strings.ReplaceAll(a.target, "/", "-")
			created := m.request(http.MethodPost, "/volumes/create", nil, encoded(object{"Name": name, "Labels": m.labels()}))
			a.source = text(created.object()["Name"])
		})
	})}},
	{"unnamed-volume-renewed", "mounts a new volume in place of one that another container asked for without a name", []rule{eachMount(
		func(a *mount) bool { return namedVolume(a) && len(a.source) == 64 }, func(a *mount) { a.source = "" })}},
	{"volumes-from-ignored", "ignores --volumes-from", []rule{onCreate(func(m *creation) { delete(m.host, "VolumesFrom") })}},
	{"volumes-from-read-only", "mounts the volumes of --volumes-from read-only", []rule{onCreate(func(m *creation) {
		from, _ := m.host["VolumesFrom"].([]any)
		for i, container := range from {
			name, _, _ := strings.Cut(text(container), ":")
			from[i] = name + ":ro"
		}
	})}},
	{"tmpfs-mount-dropped", "accepts `--mount type=tmpfs` without options and mounts nothing", []rule{onCreate(func(m *creation) {
		m.drop(func(a *mount) bool { return a.kind == "tmpfs" && len(a.option("TmpfsOptions")) == 0 })
	})}},
	{"tmpfs-mount-size-ignored", "ignores the size of `--mount type=tmpfs`", []rule{tmpfsMounts(func(options object) { delete(options, "SizeBytes") })}},
	{"run-hidden", "hides what is mounted below /run", []rule{onCreate(func(m *creation) {
		m.drop(func(a *mount) bool { return strings.HasPrefix(a.target, "/run/") })
	})}},
}

func unnamedVolume(a *mount) bool { return a.kind == "volume" && a.source == "" }
