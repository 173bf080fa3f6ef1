package faults

import (
	"archive/tar"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path"
	"slices"
)

// sharingFaults concern files that containers and the host use together: locks, change
// events, owners, contents.
var sharingFaults = []Fault{
	{"volume-of-its-own", "mounts another, empty volume of the name in each container but the first", []rule{onCreate(func(m *creation) {
		m.each(namedVolume, func(a *mount) {
			if n := m.count("mounts of " + a.source); n > 1 {
				a.source = fmt.Sprintf("%s-%d", a.source, n)
			}
		})
	})}},
	{"bind-snapshot", "mounts a copy of the files that a bind mount names", []rule{eachMount(anyBind, func(a *mount) {
		copied := a.source + "-copy"
		if exec.Command("cp", "-a", a.source, copied).Run() == nil { // a source that does not exist is created
			a.source = copied
		}
	})}},
	{"file-mounted-with-directory", "mounts the directory of a file in place of the file", []rule{eachMount(longBind, func(a *mount) {
		if info, err := os.Stat(a.source); err == nil && info.Mode().IsRegular() && a.request["ReadOnly"] != true {
			a.source = path.Dir(a.source)
		}
	})}},
	{"kill-does-nothing", "reports that a container was killed, and lets it run", []rule{
		on(http.MethodPost, "/containers/*/kill", func(c *call) {
			c.add("killed", c.names[0])
			c.noContent()
		}),
		on(http.MethodPost, "/containers/*/wait", func(c *call) {
			if slices.Contains(c.noted("killed"), c.names[0]) {
				c.replyJSON(http.StatusOK, object{"StatusCode": 137})
				return
			}
			c.pass()
		})}},
	{"groups-dropped", "ignores --group-add", []rule{onCreate(func(m *creation) { delete(m.host, "GroupAdd") })}},
	{"tmpfs-owner-ignored", "ignores uid and gid of a tmpfs mount", []rule{tmpfsOptions(without("uid")), tmpfsOptions(without("gid"))}},
	{"bind-source-open", "creates the missing source of a -v writable to everybody", []rule{eachMount(shortBind, func(a *mount) {
		if missing(a.source) && os.Mkdir(a.source, 0o777) == nil {
			_ = os.Chmod(a.source, 0o777) // whatever the umask is
		}
	})}},
	{"volume-open", "creates volumes that belong to user 1000", copiedAs(1000)},
	{"image-volume-of-user", "gives a directory that only VOLUME names to the image's user", []rule{onCreate(func(m *creation) {
		config := m.imageConfig()
		if user := text(config["User"]); user != "" {
			targets, _ := config["Volumes"].(object)
			for target := range targets {
				m.addTmpfs(target, "uid="+user)
			}
		}
	})}},
	{"volumes-limited", "mounts at most 40 volumes in a container", []rule{onCreate(func(m *creation) { m.mounts = m.mounts[:min(len(m.mounts), 40)] })}},
	{"same-name-refused", "refuses to create a volume whose name it has", []rule{on(http.MethodPost, "/volumes/create", func(c *call) {
		name := text(answer{body: c.body()}.object()["Name"])
		if name != "" && len(c.add("created "+name, name)) > 1 {
			refuse(c.w, http.StatusConflict, "the volume exists")
			return
		}
		c.pass()
	})}},
	{"quota-ignored", "ignores the size of a volume in memory", []rule{onOptions(backedByTmpfs, func(options object) { delete(options, "o") })}},
}

// copiedAs returns rules that give a new volume that covers nothing to a user.
func copiedAs(user int) []rule {
	return copied(func(h *tar.Header, alone bool) bool { return alone && h.Uid == 0 && give(h, user) })
}
