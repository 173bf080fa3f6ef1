package faults

import (
	"bufio"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// volumeFaults concern what the contract promises about volumes.
var volumeFaults = []Fault{
	{"created-driver-misreported", "reports another driver when it creates a volume", []rule{reportCreated("Driver", "another")}},
	{"created-mountpoint-misreported", "reports another directory when it creates a volume", []rule{reportCreated("Mountpoint", "/elsewhere")}},
	{"unnamed-volume-numbered", "numbers volumes without a name", []rule{on(http.MethodPost, "/volumes/create", func(c *call) {
		c.changeBody(func(asked object) {
			if text(asked["Name"]) == "" {
				asked["Name"] = "unnamed-" + time.Now().Format("150405.000000000")
			}
		})
		c.pass()
	})}},
	{"anonymous-label-missing", "puts no label on a volume without a name", []rule{rewrite("/volumes/*", func(_ *call, volume object) object {
		if labels, _ := volume["Labels"].(object); labels != nil {
			delete(labels, anonymousLabel)
		}
		return volume
	})}},
	{"anonymous-label-everywhere", "puts the label of anonymous volumes on each volume", []rule{rewrite("/volumes/*", func(_ *call, volume object) object {
		labels, _ := volume["Labels"].(object)
		if labels == nil {
			labels = object{}
		}
		labels[anonymousLabel] = ""
		volume["Labels"] = labels
		return volume
	})}},
	{"volume-name-taken", "refuses to create a volume whose name is taken", []rule{on(http.MethodPost, "/volumes/create", func(c *call) {
		name := text(answer{body: c.body()}.object()["Name"])
		if name != "" && c.get("/volumes/" + name)["Name"] != nil {
			refuse(c.w, http.StatusConflict, "the name is taken")
			return
		}
		c.pass()
	})}},
	{"volume-relabelled", "gives a volume new labels when its name is created again", []rule{on(http.MethodPost, "/volumes/create", func(c *call) {
		asked := answer{body: c.body()}.object()
		c.saved.Store(text(asked["Name"]), asked["Labels"])
		c.pass()
	}), rewrite("/volumes/*", func(c *call, volume object) object {
		if labels, known := c.saved.Load(c.names[0]); known {
			volume["Labels"] = labels
		}
		return volume
	})}},
	{"volume-request-unchecked", "accepts a request for a volume that it should refuse", []rule{on(http.MethodPost, "/volumes/create", func(c *call) {
		asked := answer{body: c.body()}.object()
		response := c.engine()
		if response.ok() {
			c.reply(response)
			return
		}
		c.replyJSON(http.StatusCreated, object{"Name": asked["Name"], "Driver": "local", "Scope": "local", "Mountpoint": "/nowhere", "Labels": asked["Labels"]})
	})}},
	{"volume-filter-unchecked", "accepts an unknown filter of volumes", []rule{on(http.MethodGet, "/volumes", func(c *call) {
		response := c.engine()
		if response.ok() {
			c.reply(response)
			return
		}
		c.replyJSON(http.StatusOK, object{"Volumes": []object{}})
	})}},
	{"filter-dangling-ignored", "ignores the filter dangling of the list of volumes", []rule{withoutFilter("dangling")}},
	{"filter-name-ignored", "ignores the filter name of the list of volumes", []rule{withoutFilter("name")}},
	{"filter-driver-ignored", "ignores the filter driver of the list of volumes", []rule{withoutFilter("driver")}},
	{"filter-label-ignored", "ignores the filter label of the list of volumes", []rule{withoutFilter("label")}},
	{"created-at-changes", "reports the present time as a volume's time of creation", []rule{rewrite("/volumes/*", func(c *call, volume object) object {
		volume["CreatedAt"] = time.Now().Add(time.Duration(c.count("asked")) * time.Second).Format(time.RFC3339)
		return volume
	})}},
	{"missing-volume-removed", "reports the removal of a volume that does not exist", []rule{on(http.MethodDelete, "/volumes/*", func(c *call) {
		if response := c.engine(); response.status != http.StatusNotFound {
			c.reply(response)
			return
		}
		c.noContent()
	})}},
	{"forced-removal-refused", "refuses to remove a volume by force", []rule{on(http.MethodDelete, "/volumes/*", func(c *call) {
		if c.r.URL.Query().Has("force") {
			refuse(c.w, http.StatusInternalServerError, "not by force")
			return
		}
		c.pass()
	})}},
	{"event-create-missing", "emits no event when a volume is created", []rule{withoutEvent("create")}},
	{"event-mount-missing", "emits no event when a volume is mounted", []rule{withoutEvent("mount")}},
	{"event-unmount-missing", "emits no event when a volume is unmounted", []rule{withoutEvent("unmount")}},
	{"event-destroy-missing", "emits no event when a volume is removed", []rule{withoutEvent("destroy")}},
	{"event-prune-missing", "emits no event when volumes are pruned", []rule{withoutEvent("prune")}},
	{"disk-usage-zero", "reports that volumes use no space", []rule{rewrite("/system/df", func(_ *call, usage object) object {
		for _, volume := range objects(usage["Volumes"]) {
			volume["UsageData"] = object{"Size": 0, "RefCount": 0}
		}
		return usage
	})}},
	{"disk-usage-of-optioned", "reports the disk usage of volumes with driver options", []rule{rewrite("/system/df", func(c *call, usage object) object {
		usage["Volumes"] = append(objects(usage["Volumes"]), objects(c.get("/volumes")["Volumes"])...)
		return usage
	})}},
	{"disk-usage-type-ignored", "reports the disk usage of everything when it is asked about volumes", []rule{on(http.MethodGet, "/system/df", func(c *call) {
		c.changeQuery(func(query url.Values) { query.Del("type") })
		c.pass()
	})}},
	{"volume-committed", "puts the data of volumes into a committed image", []rule{on(http.MethodPost, "/commit", func(c *call) {
		forward(c, func(_ *call, image object) object {
			c.eachVolume(c.r.URL.Query().Get("container"), func(volume, target string) { c.add(text(image["Id"]), volume, target) })
			return image
		})
	}), onCreate(func(m *creation) {
		for kept := m.noted(text(m.config["Image"])); len(kept) > 1; kept = kept[2:] {
			m.mounts = append(m.mounts, &mount{short: true, kind: "volume", source: kept[0], target: kept[1]})
		}
	})}},
}

// reportCreated returns a rule that changes a field of the reply to the creation of a volume.
func reportCreated(field, value string) rule {
	return on(http.MethodPost, "/volumes/create", func(c *call) {
		forward(c, func(_ *call, volume object) object {
			volume[field] = value
			return volume
		})
	})
}

// withoutFilter returns a rule that drops a filter of the list of volumes.
func withoutFilter(key string) rule {
	return on(http.MethodGet, "/volumes", func(c *call) {
		c.changeFilters(func(filters object) { delete(filters, key) })
		c.pass()
	})
}

// withoutEvent returns a rule that drops the events of volumes with an action.
func withoutEvent(action string) rule {
	return on(http.MethodGet, "/events", func(c *call) {
		relay := *c.relay
		relay.ModifyResponse = func(r *http.Response) error {
			r.Body = dropLines(r.Body, `"Type":"volume","Action":"`+action+`"`)
			return nil
		}
		relay.ServeHTTP(c.w, c.r)
	})
}

// dropLines drops the lines of a stream that contain a text.
func dropLines(from io.ReadCloser, text string) io.ReadCloser {
	reader, writer := io.Pipe()
	go func() {
		defer from.Close()
		lines := bufio.NewReader(from)
		for {
			line, err := lines.ReadString('\n')
			if !strings.Contains(line, text) {
				if _, gone := io.WriteString(writer, line); gone != nil {
					return
				}
			}
			if err != nil {
				writer.CloseWithError(err)
				return
			}
		}
	}()
	return reader
}

// anonymousLabel is Docker's label for volumes without a name.
const anonymousLabel = "com.docker.volume.anonymous"
